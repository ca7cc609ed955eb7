"""Papers and results in a record of the exchange: whatever stands in a row, the dossier is read."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.document import Document, Kind
from bot.core.national_documents import ODD_ROW, PAPERS, RESULTS, with_documents
from bot.core.national_form import NationalDossier
from bot.core.snapshot import Procedure, Times

NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)
READ = NationalDossier("1", "H32", Procedure("1", "x"), 2, NOON, Times(), owner_name="Trần Thị B")
FIELDS = (
    "TepDinhKemId", "GiayToId", "MaGiayTo", "MaGiayToKetQua", "MaThanhPhanHoSo", "MaDinhDanh",
    "ChuGiayTo", "Ten", "TenGiayTo", "ThoiHanHieuLuc", "ThoiHanVinhVien", "NgayBanHanh",
    "ThoiGianSoHoa", "DuongDanTaiTepTin", "DuocSoHoa", "IsDeleted", "NgayThuHoi",
)  # fmt: skip
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=()))
    | st.lists(st.integers(), max_size=2) | st.sampled_from(["20261122", "99999999", "31/02/2026"])
)  # fmt: skip
ROWS = st.lists(st.dictionaries(st.sampled_from(FIELDS), ANYTHING) | st.none() | st.text())


def only(name: str = RESULTS, /, **row: Any) -> Document:
    read = with_documents(READ, {name: [{"GiayToId": "1", **row}]})
    assert read.documents is not None
    [found] = read.documents.documents
    return found


@given(ROWS | st.text(), ROWS, st.lists(st.dictionaries(st.text(), ANYTHING)) | ANYTHING)
def test_no_row_whatever_refuses_its_dossier(papers: Any, results: Any, owners: Any) -> None:
    record = {PAPERS: papers, RESULTS: results, "DinhDanhCHS": owners, "SoGiayToChuHoSo": owners}
    read = with_documents(READ, record)
    assert read.documents is not None
    assert len(read.documents.documents) <= len(papers) + len(results)
    for odd in read.odd_rows:
        name, row, _, why = odd.removeprefix(f"{ODD_ROW}:").split(":")
        assert name in (PAPERS, RESULTS)
        assert why in ("list", "many", "blank", "date", "value", "long")
        assert not row or 1 <= int(row) <= 200


@pytest.mark.parametrize(
    "typed",
    ["20261122", 20261122, "20261122093000", "22/11/2026", "22-11-2026 09:30", "2026-11-22T09:30"],
)
def test_a_day_is_read_in_every_form_that_is_sent(typed: object) -> None:
    assert only(NgayBanHanh=typed).issued_on == date(2026, 11, 22)


@pytest.mark.parametrize("typed", ["Không thời hạn", "vĩnh viễn", "Vo thoi han"])
def test_a_term_without_end_may_stand_where_the_day_would(typed: str) -> None:
    found = only(ThoiHanHieuLuc=typed)
    assert (found.valid_forever, found.valid_until) == (True, None)


@pytest.mark.parametrize(
    ("code", "owner", "kind"),
    [
        ("KQ.G15.000031", None, "KQ.G15.000031"),
        ("079090001234.KQ.G15.000031", "079090001234", "KQ.G15.000031"),
        ("0101234567-001.KQ.G15.1", "0101234567-001", "KQ.G15.1"),
        ("000.00.00.G15", None, "000.00.00.G15"),
        ("1.003560.000.00.00.H56", None, "1.003560.000.00.00.H56"),
        ("079090001234.000.00.00.G15", "079090001234", "000.00.00.G15"),
        ("079090001234_KQ.G15.000031", "079090001234", "KQ.G15.000031"),
        ("079090001234-KQ.G15.000031", "079090001234", "KQ.G15.000031"),
        ("079090001234KQ.G15.000031", "079090001234", "KQ.G15.000031"),
        ("079 090 001 234.KQ.G15", "079090001234", "KQ.G15"),
        ("KQ.G15.000031.079090001234", "079090001234", "KQ.G15.000031"),
        ("KQ.G15/079090001234", "079090001234", "KQ.G15"),
        ("079090001234-000.00.00.G15", "079090001234", "000.00.00.G15"),
        ("C1234567_KQ.G15", "C1234567", "KQ.G15"),
        ("G0000123-01", None, "G0000123-01"),
    ],
)
def test_a_whole_number_gives_owner_and_kind(code: str, owner: str | None, kind: str) -> None:
    found = only(MaGiayToKetQua=code)
    assert (found.owner_identifier, found.type_code) == (owner, kind)


@pytest.mark.parametrize(
    "code",
    ["079090001234", "KQ.G15.000031079090001234", "x 079090001234 y", "KQ 079 090 001 234 G15",
     "KQ.G15.079.090.001.234.7", "KQ.G15.\uff10\uff17\uff19\uff10\uff19\uff10\uff10\uff10\uff11"],
)  # fmt: skip
def test_a_code_with_somebodys_number_in_it_is_left_out_and_named(code: str) -> None:
    read = with_documents(READ, {RESULTS: [{"GiayToId": "1", "MaGiayToKetQua": code}]})
    assert read.documents is not None
    assert read.documents.documents[0].type_code is None
    assert read.odd_rows == (f"{ODD_ROW}:{RESULTS}:1:MaGiayToKetQua:value",)


def test_a_result_with_its_file_is_there_as_data_and_a_paper_only_when_it_says_so() -> None:
    assert only(DuongDanTepTinKetQua="https://kho.example.vn/1").is_data
    assert only(MaGiayToKhoQuocGia="1", DuocSoHoa="0").is_data
    assert only(DuocSoHoa="1").is_data
    assert not only().is_data
    assert not only(PAPERS, TepDinhKemId=1, DuongDanTaiTepTin="https://a.vn/1").is_data
    assert only(PAPERS, TepDinhKemId=1, DuocSoHoa=True).kind is Kind.PAPER
