"""Digitised papers and results: kept on a dossier's page, found and exported in the register."""

import csv
import io
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.core.document import Document, Kind, ToldDocuments
from bot.core.staff import Role
from tests.console.counter import FED, deeds, feed, field_of, make_counter, take_in
from tests.console.desk import Client, Desk

OWNER = "079090001234"
NUMBER = f"{OWNER}.KQ.G15.000031"
WHOLE = {
    "name": "Giấy phép xây dựng",
    "type_code": "kq.g15.000031",
    "owner_identifier": "079 090 001 234",
    "owner_name": "Trần Thị Bưởi",
    "summary": "Nhà ở riêng lẻ",
    "symbol": "125/GPXD-UBND",
    "issued_on": "24/11/2026",
    "issuer": "UBND phường Lộc Thọ",
    "valid_until": "31/12/2030",
    "digitised": "1",
    "link": "https://kho.example.vn/125",
}
TOLD = Document(
    Kind.RESULT,
    name="Bản sao chứng thực",
    symbol="=9/CT",
    issued_on=date(2026, 11, 20),
    valid_until=date(2026, 11, 21),
    source_ref="result:1",
)


@pytest.fixture
def desk(database_url: str) -> Desk:
    return make_counter(database_url)


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return desk.login(Role.CLERK, login="lan")


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def add(client: Client, code: str, kind: str = "result", **typed: str) -> Any:
    page = page_of(client, f"/console/ho-so/{code}/giay-to?loai={kind}")
    form = {"press": field_of(page, "press"), "kind": kind, **WHOLE, **typed}
    return client.post(f"/console/ho-so/{code}/giay-to", form)


def number_of(client: Client, code: str) -> str:
    [found] = re.findall(r"/giay-to/(\d+)\"", page_of(client, f"/console/ho-so/{code}"))
    return str(found)


def block(client: Client, code: str) -> str:
    """What the dossier's page says of its documents, as text."""
    _, _, rest = page_of(client, f"/console/ho-so/{code}").partition('id="documents"')
    return " ".join(re.sub(r"<[^>]+>", " ", rest.partition("</section>")[0]).split())


def found(client: Client, **asked: str) -> str:
    answer = client.post("/console/giay-to", asked, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    for secret in (OWNER, "125"):
        assert secret not in answer.request.full_path.partition("&")[0]
    return unescape(answer.text).partition("<tbody>")[2].partition("</tbody>")[0]


def test_a_result_is_added_changed_revoked_and_each_is_written_down(
    desk: Desk, clerk: Client
) -> None:
    code = take_in(clerk)
    answer = add(clerk, code)
    assert answer.headers["Location"] == f"/console/ho-so/{code}#documents"
    said = block(clerk, code)
    for words in (NUMBER, "125/GPXD-UBND", "Còn hiệu lực", "đến hết 31/12/2030", "đã số hóa"):
        assert words in said
    assert "Còn thiếu" not in said
    place = f"/console/ho-so/{code}/giay-to/{number_of(clerk, code)}"
    form = page_of(clerk, place)
    seen = field_of(form, "seen")
    changed = clerk.post(place, {**WHOLE, "seen": seen, "summary": "", "signer": "Lê Văn Ký"})
    assert changed.status_code == 303
    said = block(clerk, code)
    assert "Lê Văn Ký" in said
    assert "Còn thiếu trích yếu nội dung chính" in said
    late = clerk.post(place, {**WHOLE, "seen": seen})
    assert (late.status_code, "vừa được người khác sửa" in unescape(late.text)) == (422, True)
    assert clerk.post(f"{place}/thu-hoi", {"revoked_on": "31/12/2026"}).status_code == 422
    assert clerk.post(f"{place}/thu-hoi", {"revoked_on": ""}).status_code == 303
    assert "Đã thu hồi" in block(clerk, code)
    assert clerk.post(f"{place}/xoa").status_code == 303
    assert "Chưa có giấy tờ" in block(clerk, code)
    done = [action for action, _ in deeds(desk) if action.startswith("document.")]
    assert done == [f"document.{one}" for one in ("added", "changed", "revoked", "deleted")]


def test_what_is_wrong_is_said_beside_its_field_and_all_that_was_typed_stays(
    clerk: Client,
) -> None:
    code = take_in(clerk)
    wrong = {
        "name": "",
        "owner_identifier": "12",
        "issued_on": "32/13/2026",
        "valid_until": "01/01/2020",
        "valid_from": "01/01/2021",
        "link": "javascript:alert(1)",
        "type_code": NUMBER,
        "owner_birth_year": "85",
    }
    answer = add(clerk, code, **wrong)
    page = unescape(answer.text)
    assert answer.status_code == 422
    for name in set(wrong) - {"valid_from"}:
        assert f'id="e-{name}"' in page
    assert 'value="125/GPXD-UBND"' in page
    assert "“32/13/2026” không phải là ngày" in page
    assert "Chưa có giấy tờ" in block(clerk, code)


def test_a_second_press_adds_nothing(clerk: Client) -> None:
    code = take_in(clerk)
    page = page_of(clerk, f"/console/ho-so/{code}/giay-to?loai=paper")
    form = {"press": field_of(page, "press"), "kind": "paper", "name": "Căn cước"}
    for _ in range(2):
        assert clerk.post(f"/console/ho-so/{code}/giay-to", form).status_code == 303
    assert block(clerk, code).count("Căn cước") == 1


def test_what_software_told_is_shown_and_not_edited(desk: Desk, clerk: Client) -> None:
    feed(desk, documents=ToldDocuments((TOLD,), whole=True))
    said = block(clerk, FED)
    assert "Bản sao chứng thực Kết quả Hết hiệu lực Thiếu 4 thông tin" in said
    assert "phần mềm gửi đến" in said
    assert "Sửa, thu hồi, xóa" not in said
    for way in ("", "/thu-hoi", "/xoa"):
        answer = clerk.post(f"/console/ho-so/{FED}/giay-to/1{way}", {"seen": "2026-11-25T00:00Z"})
        assert answer.status_code in (400, 404)


def test_other_agencies_and_supervisors_change_nothing(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    add(clerk, code)
    number = number_of(clerk, code)
    stranger = desk.login(Role.CLERK, agency="H56.15")
    boss = desk.login(Role.SUPERVISOR)
    for client, status in ((stranger, 404), (boss, 403)):
        assert client.get(f"/console/ho-so/{code}/giay-to").status_code == status
        answer = client.post(f"/console/ho-so/{code}/giay-to/{number}/xoa")
        assert answer.status_code == status
    assert "Sửa, thu hồi, xóa" not in block(boss, code)
    assert NUMBER in block(clerk, code)


def test_the_register_finds_by_whatever_is_known(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    add(clerk, code)
    feed(desk, documents=ToldDocuments((TOLD,), whole=True))
    boss = desk.login(Role.SUPERVISOR, agency="H56")
    for typed in (NUMBER, "079090001234 kq g15 000031", "số 125/gpxđ-ubnd", OWNER, code):
        assert re.findall(r">(H56[^<]*)</a>", found(boss, q=typed)) == [code], typed
    filters = {
        "la": "result",
        "tinh_trang": "in_force",
        "nguon": "counter",
        "loai": "kq.g15.000031",
        "thu_tuc": "1.001193",
        "co_quan": "H56.14",
        "noi_ban_hanh": "Lộc Thọ",
        "tu": "24/11/2026",
        "den": "24/11/2026",
    }
    every = found(boss, **filters)
    assert re.findall(r">(H56[^<]*)</a>", every) == [code]
    assert "…1234.KQ.G15.000031" in every
    assert (OWNER in every, "Trần T*** B***" in every) == (False, True)
    assert FED in found(boss, tinh_trang="expired")
    assert FED in found(boss, tinh_trang="lacking")
    assert "mã loại giấy tờ" in found(boss, tinh_trang="lacking")
    assert found(boss, tinh_trang="revoked") == found(boss, q="khong co so nay") == ""
    assert ("documents.listed", None) in deeds(desk)


def test_a_result_whose_end_nobody_told_is_not_called_in_force(clerk: Client) -> None:
    code = take_in(clerk)
    add(clerk, code, valid_until="")
    words = "Chưa rõ thời hạn hiệu lực"
    for said in (block(clerk, code), found(clerk, tinh_trang="no_term")):
        assert words in said
        assert "Còn hiệu lực" not in said
    assert found(clerk, tinh_trang="in_force") == ""
    assert f'<option value="no_term">{words}</option>' in page_of(clerk, "/console/giay-to")
    [heads, row] = csv.reader(io.StringIO(clerk.get("/console/giay-to/xuat.csv").text))
    assert row[heads.index("Tình trạng")] == words


def test_each_sees_the_documents_of_the_own_agencies_alone(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    add(clerk, code)
    feed(desk, "H56.15-261101-0009", "H56.15", documents=ToldDocuments((TOLD,), whole=True))
    other = desk.login(Role.CLERK, agency="H56.15")
    assert code not in found(other)
    assert found(other, q=NUMBER) == ""
    assert other.get("/console/giay-to?co_quan=H56.14").status_code == 422
    assert code not in other.get("/console/giay-to/xuat.csv?co_quan=H56.14").text
    assert desk.login(Role.ADMINISTRATOR).get("/console/giay-to").status_code == 403


def test_the_register_is_exported_whole_and_that_is_written_down(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    add(clerk, code)
    feed(desk, documents=ToldDocuments((TOLD,), whole=True))
    answer = clerk.get("/console/giay-to/xuat.csv")
    [heads, fed, own] = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))
    row = dict(zip(heads, own, strict=True))
    assert (row["Mã hồ sơ"], row["Mã số giấy tờ"], row["Còn thiếu"]) == (code, NUMBER, "")
    assert dict(zip(heads, fed, strict=True))["Số, ký hiệu"] == "'=9/CT"
    book = load_workbook(io.BytesIO(clerk.get("/console/giay-to/xuat.xlsx?la=result").data))
    cells = [one.value for one in next(iter(book)).iter_rows(min_row=2, max_row=2).__next__()]
    assert "=9/CT" in cells
    assert [one for one, _ in deeds(desk)].count("documents.exported") == 2


def test_the_register_goes_on_page_by_page(desk: Desk, clerk: Client) -> None:
    told = [Document(Kind.PAPER, name=f"Giấy {at}", source_ref=f"paper:{at}") for at in range(70)]
    feed(desk, documents=ToldDocuments(tuple(told), whole=True))
    first = page_of(clerk, "/console/giay-to")
    [onward] = re.findall(r'href="(/console/giay-to\?truoc=\d+)"', first)
    second = page_of(clerk, onward)
    assert "70 giấy tờ" in first
    assert (first.count("<tr>"), second.count("<tr>")) == (51, 21)
    assert "truoc=" not in second
