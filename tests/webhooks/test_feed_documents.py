"""Papers and results that feeds tell: kept with their dossier, sealed, and never taken back."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.database import reading
from bot.document_record import number_mark, opened_document
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.store.document_tables import document
from bot.store.documents import StoredDocument, of_dossier, results_by_mark
from bot.store.dossiers import known_dossiers
from tests.make import make_record
from tests.webhooks.feeding import Feeder
from tests.webhooks.national_feeding import CODE, SYNC, Exchange, make_national

OWNER = "056190001234"
PAPER = {
    "TepDinhKemId": "t-1",
    "TenTepDinhKem": "CCCD_Tran_Thi_B.pdf",
    "MaGiayTo": "000.00.00.G01",
    "TrichYeuNoiDung": "Căn cước",
    "ThoiHanHieuLuc": "31/12/2030",
    "DuocSoHoa": "1",
    "DuocTaiSuDung": "0",
}
RESULT = {
    "GiayToId": "k-1",
    "TenGiayTo": "Giấy chứng nhận quyền sử dụng đất",
    "MaGiayToKetQua": "KQ.G15.000031",
    "SoKyHieu": "125/QĐ-UBND",
    "NgayBanHanh": "20261122",
    "CoQuanBanHanh": "UBND xã An Phú",
    "TrichYeuNoiDung": "Cấp lần đầu",
    "ThoiHanVinhVien": "true",
    "DuongDanTepTinKetQua": "https://kho.example.vn/k-1",
}


def stored(runtime: Runtime, code: str, deleted: bool = False) -> list[StoredDocument]:
    with reading(runtime.engine) as connection:
        known = known_dossiers(connection, [code])[code]
        return of_dossier(connection, known.id or 0, deleted)


def told(runtime: Runtime, code: str, *names: str) -> list[tuple[Any, ...]]:
    opened = [opened_document(runtime.vault, one) for one in stored(runtime, code)]
    return [tuple(getattr(one, name) for name in names) for one in opened]


def found(runtime: Runtime, number: str) -> list[str]:
    mark = number_mark(index_key(runtime), number)
    with reading(runtime.engine) as connection:
        return [one.dossier_code for one in results_by_mark(connection, mark or b"")]


def test_the_exchange_tells_papers_and_results(either_exchange: Exchange) -> None:
    exchange, runtime = either_exchange, either_exchange.feeder.runtime
    told_back = exchange.told(
        SYNC, make_national(TaiLieuNop=[PAPER], DanhSachGiayToKetQua=[RESULT])
    )
    assert told_back == ("00", "Đã nhận 1/1 hồ sơ.")
    paper, result = (opened_document(runtime.vault, one) for one in stored(runtime, CODE))
    assert (paper.number, paper.digitised, paper.reused) == (f"{OWNER}.000.00.00.G01", True, False)
    assert str(paper.valid_until) == "2030-12-31"
    assert (result.number, result.valid_forever) == (f"{OWNER}.KQ.G15.000031", True)
    assert (str(result.issued_on), result.digitised) == ("2026-11-22", True)
    assert [one.lacks for one in stored(runtime, CODE)] == [0, 0]
    assert found(runtime, f"{OWNER} kq g15 000031") == found(runtime, "số 125/qd-ubnd") == [CODE]
    assert found(runtime, f"{OWNER}.000.00.00.G01") == []  # a paper is no result


def test_nothing_of_a_document_that_tells_of_a_person_is_readable(
    either_exchange: Exchange,
) -> None:
    runtime = either_exchange.feeder.runtime
    numbered = {**RESULT, "GiayToId": "k-2", "MaGiayToKetQua": f"{OWNER}_KQ.G15.000031"}
    lists = {"TaiLieuNop": [PAPER], "DanhSachGiayToKetQua": [RESULT, numbered]}
    either_exchange.sync(make_national(**lists))
    with reading(runtime.engine) as connection:
        rows = connection.execute(select(document)).all()
    for row in rows:
        for secret in (OWNER, "Tran_Thi_B", "125/Q", "kho.example", "k-1", "Căn cước"):
            assert secret not in repr(row)
            assert secret.encode() not in b"".join(one for one in row if isinstance(one, bytes))


def test_the_owners_number_is_read_only_for_a_document(exchange: Exchange) -> None:
    others = {**RESULT, "ChuGiayTo": "Lê Văn C"}
    listed = [{"LoaiDinhDanh": 2, "SoDinhDanh": "2"}, {"LoaiDinhDanh": 1, "SoDinhDanh": "1"}]
    own = {**RESULT, "GiayToId": "k-2", "MaDinhDanh": "9"}
    numbered = {**RESULT, "GiayToId": "k-3", "MaGiayToKetQua": "012345678901.KQ.G15.1"}
    rows = [RESULT, others, own, numbered]
    rows = [{**one, "GiayToId": str(at)} for at, one in enumerate(rows)]
    exchange.sync(make_national(DinhDanhCHS=listed, DanhSachGiayToKetQua=rows))
    names = ("owner_identifier", "owner_name", "type_code")
    assert told(exchange.feeder.runtime, CODE, *names) == [
        ("1", None, "KQ.G15.000031"),
        (None, "Lê Văn C", "KQ.G15.000031"),
        ("9", None, "KQ.G15.000031"),
        ("012345678901", None, "KQ.G15.1"),
    ]


def test_odd_rows_are_named_and_never_refuse_the_dossier(exchange: Exchange) -> None:
    rows = [PAPER, "x", {"TepDinhKemId": 5, "ThoiHanHieuLuc": "mai", "DuocSoHoa": {}}, {}]
    answer = exchange.told(SYNC, make_national(TaiLieuNop=rows, DanhSachGiayToKetQua="x"))
    assert answer == (
        "00",
        f"Đã nhận 1/1 hồ sơ. Lưu ý: {CODE}: TaiLieuNop dòng 2: không có mã, tên hay đường dẫn "
        "nào, không được nhận, TaiLieuNop dòng 3 DuocSoHoa: giá trị không đọc được, "
        "TaiLieuNop dòng 3 ThoiHanHieuLuc: ngày không đọc được, TaiLieuNop dòng 4: không có mã, "
        "tên hay đường dẫn nào, không được nhận, DanhSachGiayToKetQua: không phải danh sách.",
    )
    assert len(stored(exchange.feeder.runtime, CODE)) == 2


def test_a_repetition_changes_nothing_and_a_stale_record_takes_nothing_back(
    either_exchange: Exchange,
) -> None:
    exchange, runtime = either_exchange, either_exchange.feeder.runtime
    renamed = {**PAPER, "TrichYeuNoiDung": "Thẻ căn cước"}
    first = make_national(TaiLieuNop=[PAPER])
    newer = make_national(TaiLieuNop=[renamed], NgayKetThucXuLy="20261123090000")
    exchange.sync(first)
    before = stored(runtime, CODE)
    exchange.sync(first)
    assert stored(runtime, CODE) == before
    exchange.sync(make_national())  # says nothing of documents
    assert stored(runtime, CODE) == before
    exchange.sync(newer)
    exchange.sync(first)  # late
    assert told(runtime, CODE, "summary") == [("Thẻ căn cước",)]
    # without newer times, but told last
    exchange.sync({**newer, "TaiLieuNop": [PAPER], "DanhSachGiayToKetQua": [RESULT]})
    assert told(runtime, CODE, "summary") == [("Căn cước",), ("Cấp lần đầu",)]


def test_what_is_told_as_deleted_is_gone_with_all_that_was_sealed(
    either_exchange: Exchange,
) -> None:
    exchange, runtime = either_exchange, either_exchange.feeder.runtime
    exchange.sync(make_national(TaiLieuNop=[PAPER], DanhSachGiayToKetQua=[RESULT]))
    gone = {"GiayToId": "k-1", "IsDeleted": "True"}
    exchange.sync(make_national(DanhSachGiayToKetQua=[gone]))
    assert told(runtime, CODE, "kind") == [("paper",)]
    assert found(runtime, "125/QĐ-UBND") == []
    assert [one.facts for one in stored(runtime, CODE, deleted=True) if one.deleted] == [None]
    exchange.sync(make_national(DanhSachGiayToKetQua=[RESULT]))
    assert found(runtime, "125/QĐ-UBND") == [CODE]


def make_document(**changes: Any) -> dict[str, Any]:
    made = {
        "ref": "kq-1",
        "kind": "result",
        "name": "Giấy phép xây dựng",
        "type_code": "KQ.G15.000031",
        "owner_identifier": OWNER,
        "summary": "Nhà ở riêng lẻ",
        "symbol": "7/GPXD",
        "issued_on": "2026-11-22",
        "issuer": "UBND xã An Phú",
        "valid_until": "2027-11-22",
        "digitised": True,
        "digitised_at": "2026-11-22T09:30:00+07:00",
        "link": "https://kho.example.vn/kq-1",
    }
    return {**made, **changes}


def test_the_own_feed_tells_all_documents_of_a_dossier_each_time(either_feeder: Feeder) -> None:
    feeder, runtime = either_feeder, either_feeder.runtime
    code = make_record()["code"]
    paper = {"ref": "cccd", "kind": "paper", "name": "Căn cước"}
    both = make_record(documents=[make_document(), paper])
    [result] = feeder.results(both)
    assert (result["outcome"], result["warnings"]) == ("new", [])
    assert told(runtime, code, "kind", "name") == [
        ("paper", "Căn cước"),
        ("result", "Giấy phép xây dựng"),
    ]
    assert feeder.outcomes(both, make_record()) == ["repeat", "repeat"]
    less = make_record(documents=[make_document(revoked_on="2026-11-25")])
    assert feeder.outcomes(less, less) == ["changed", "repeat"]
    assert told(runtime, code, "kind", "revoked_on") == [
        ("result", stored(runtime, code)[0].revoked_on)
    ]
    older = make_record(documents=[paper], changed_at="2026-11-01T00:00:00+07:00")
    assert feeder.outcomes(older) == ["stale"]
    assert found(runtime, "7/GPXD") == [code]
    assert feeder.outcomes(make_record(documents=[])) == ["changed"]
    assert stored(runtime, code) == []


@pytest.mark.parametrize(
    ("documents", "field"),
    [
        ("x", "documents"),
        ([make_document(ref=f"{at}") for at in range(51)], "documents"),
        ([make_document(), make_document()], "documents"),
        ([make_document(ref=" ")], "documents.0.ref"),
        ([make_document(kind="other")], "documents.0.kind"),
        ([make_document(issued_on="22/11/2026")], "documents.0.issued_on"),
        ([make_document(digitised="1")], "documents.0.digitised"),
        ([make_document(link="javascript:alert(1)")], "documents.0.link"),
        ([make_document(link="http://[x")], "documents.0.link"),
        ([make_document(owner_birth_year=90)], "documents.0.owner_birth_year"),
        ([make_document(type_code=f"{OWNER} KQ")], "documents.0.type_code"),
    ],
)
def test_a_document_of_another_form_is_refused_with_its_place(
    feeder: Feeder, documents: Any, field: str
) -> None:
    answer = feeder.send(make_record(documents=documents))
    assert answer.status_code == 400
    [fault] = answer.get_json()["errors"]
    assert (fault["index"], fault["field"]) == (0, field)
    assert OWNER not in answer.text


def test_a_field_nobody_knows_is_warned_of_once(feeder: Feeder) -> None:
    documents = [make_document(colour="red"), make_document(ref="2", colour="blue")]
    [result] = feeder.results(make_record(documents=documents))
    assert result["warnings"] == ["field.unknown:documents.colour"]


def test_documents_follow_their_dossier_to_another_agency(exchange: Exchange) -> None:
    runtime = exchange.feeder.runtime
    exchange.sync(make_national(TaiLieuNop=[PAPER]))
    moved = make_national(DonViXuLy="H32.15.8", MaTTHC="1.2", NgayKetThucXuLy="20261123090000")
    exchange.sync(moved)
    [paper] = stored(runtime, CODE)
    assert (paper.agency_code, paper.procedure_code) == ("H32.15.8", "1.2")


def test_a_forgotten_person_does_not_come_back_with_a_repetition(exchange: Exchange) -> None:
    runtime = exchange.feeder.runtime
    exchange.sync(make_national(TaiLieuNop=[PAPER]))
    with runtime.engine.begin() as connection:
        connection.execute(document.update().values(facts=None, owner_index=None))
    with_another = {**PAPER, "TepDinhKemId": "t-2"}
    exchange.sync(make_national(TaiLieuNop=[PAPER, with_another]))
    assert [one.facts is None for one in stored(runtime, CODE)] == [True, False]
