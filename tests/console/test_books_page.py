"""The books as supervisors read them: their own agencies, equal figures wherever one stands."""

import csv
import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from bot.core.staff import Role
from bot.keep_books import keep_books
from tests.console.books import BIRTH, LAND, tell
from tests.console.desk import Desk


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = Desk(database_url)
    tell(desk, "H56.14", 1, LAND, 2)
    tell(desk, "H56.14", 2, BIRTH, 2, phone=None)
    tell(desk, "H56.15", 3, LAND, 2, phone="02583822222")
    desk.clock.move(hours=1)
    tell(desk, "H56.14", 1, LAND, 9)
    tell(desk, "H56.15", 3, LAND, 4, step="Thẩm định")
    keep_books(desk.runtime)
    return desk


def table(page: str, name: str) -> list[dict[str, int]]:
    """The numbers of a table, by column."""
    [body] = re.findall(rf'<table class="[^"]*" id="{name}">.*?</table>', page, re.DOTALL)
    rows = re.findall(r"<tr>.*?</tr>", body.split("<tbody>")[1], re.DOTALL)
    cell = re.compile(r'data-column="([^"]+)" data-value="(-?\d+)"')
    return [{name: int(number) for name, number in cell.findall(row)} for row in rows]


def test_a_supervisor_of_everything_sees_every_agency(desk: Desk) -> None:
    page = desk.login(Role.SUPERVISOR, agency=None).get("/console/bao-cao").text
    rows = table(page, "by-agency")
    assert [row["received"] for row in rows] == [2, 1]
    assert [row["due"] for row in rows] == [3, 2]
    [month] = table(page, "by-month")
    assert (month["received"], month["resolved_early"], month["due"]) == (3, 1, 5)
    assert sum(row["due"] for row in table(page, "by-procedure")) == 5
    assert "Sổ khớp" in page


def parts(page: str, name: str) -> list[tuple[str, str]]:
    """Numerator and denominator of the ratios whose name begins so."""
    cell = r'</th><td class="number">([^<]*)</td><td class="number">([^<]*)</td>'
    return re.findall(rf'<th scope="row">{re.escape(name)}[^<]*{cell}', page)


def test_what_is_open_and_not_overdue_counts_until_its_day_is_over(desk: Desk) -> None:
    client = desk.login(Role.SUPERVISOR, agency=None)
    name = "Giải quyết đúng hạn hoặc còn hạn"
    assert parts(client.get("/console/bao-cao").text, name) == [("3", "3")]
    assert parts(client.get("/console/bao-cao?co_quan=H56.15").text, name) == [("1", "1")]
    assert parts(client.get("/console/bao-cao?thu_tuc=1.004873").text, name) == []
    desk.clock.move(hours=24 * 4)
    keep_books(desk.runtime)
    keep_books(desk.runtime)
    client = desk.login(Role.SUPERVISOR, agency=None)
    assert parts(client.get("/console/bao-cao?co_quan=H56.15").text, name) == [("0", "1")]
    tell(desk, "H56.15", 3, LAND, 9)
    desk.clock.move(minutes=60)
    keep_books(desk.runtime)
    client = desk.login(Role.SUPERVISOR, agency=None)
    # It was promised anew, and is resolved before that day; the second one is still overdue.
    assert parts(client.get("/console/bao-cao?co_quan=H56.15").text, name) == [("1", "1")]
    assert parts(client.get("/console/bao-cao").text, name) == [("2", "3")]


def test_a_supervisor_sees_only_what_is_theirs(desk: Desk) -> None:
    client = desk.login(Role.SUPERVISOR, agency="H56.15")
    page = client.get("/console/bao-cao").text
    assert [row["due"] for row in table(page, "by-agency")] == [2]
    assert "H56.14" not in page
    for path in ("", "/ngay", "/ho-so", "/cau-hoi", "/xuat.csv"):
        assert client.get(f"/console/bao-cao{path}?co_quan=H56.14").status_code == 404
    cases = client.get("/console/bao-cao/ho-so?so=due&ngay=2026-11-25").text
    assert "261122-0003" in cases
    assert "261122-0001" not in cases


@pytest.mark.parametrize(
    "figure", ["received", "resolved_early", "due", "pending", "phone_missing"]
)
@pytest.mark.parametrize("narrowed", ["", "&co_quan=H56.14", "&thu_tuc=1.004873"])
def test_the_dossiers_behind_a_figure_are_as_many_as_it_says(
    desk: Desk, figure: str, narrowed: str
) -> None:
    client = desk.login(Role.SUPERVISOR, agency=None)
    days = client.get(f"/console/bao-cao/ngay?thang=2026-11&so={figure}{narrowed}").text
    told = sum(row[figure] for row in table(days, "by-day"))
    cases = client.get(f"/console/bao-cao/ho-so?so={figure}&ngay=2026-11-25{narrowed}").text
    assert cases.count('<th scope="row" class="code">') == told
    assert f": {told}</h1>" in cases


def test_the_export_says_what_the_page_says(desk: Desk) -> None:
    client = desk.login(Role.ADMINISTRATOR, agency=None)
    answer = client.get("/console/bao-cao/xuat.csv?bang=co-quan")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=bao-cao-co-quan")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    page = table(client.get("/console/bao-cao").text, "by-agency")
    assert [int(row["Phải báo"]) for row in rows] == [row["due"] for row in page]
    for kind in ("thu-tuc", "thang", "ket-cuc"):
        assert client.get(f"/console/bao-cao/xuat.csv?bang={kind}").status_code == 200


def test_a_spreadsheet_reader_opens_the_workbook_and_finds_the_pages_figures(desk: Desk) -> None:
    client = desk.login(Role.SUPERVISOR, agency=None)
    answer = client.get("/console/bao-cao/xuat.xlsx")
    book = load_workbook(io.BytesIO(answer.get_data()))
    assert book.sheetnames == ["Theo cơ quan", "Theo thủ tục", "Theo tháng", "Theo kết cục"]
    page = client.get("/console/bao-cao").text
    for name, rows in (("Theo cơ quan", "by-agency"), ("Theo tháng", "by-month")):
        heads, *body = book[name].values
        due = heads.index("Phải báo")
        assert [row[due] for row in body] == [row["due"] for row in table(page, rows)]


def test_the_questions_of_supervision_have_their_answers(desk: Desk) -> None:
    page = desk.login(Role.SUPERVISOR, agency=None).get("/console/bao-cao/cau-hoi").text
    assert [row["phone_missing"] for row in table(page, "phones-agency")] == [1, 0]
    assert [row["phone_landline"] for row in table(page, "phones-agency")] == [0, 1]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tu=2026-13", "không đọc được"),
        ("tu=2026-11&den=2026-10", "đứng trước"),
        ("tu=2020-01&den=2026-10", "nhiều nhất 24 tháng"),
    ],
)
def test_a_span_that_cannot_be_shown_is_explained(desk: Desk, typed: str, words: str) -> None:
    answer = desk.login(Role.SUPERVISOR, agency=None).get(f"/console/bao-cao?{typed}")
    assert answer.status_code == 422
    assert words in answer.text


def test_a_clerk_has_no_books(desk: Desk) -> None:
    assert desk.login(Role.CLERK).get("/console/bao-cao").status_code == 403


def test_before_anything_happened_the_page_says_so(sqlite_url: str) -> None:
    page = Desk(sqlite_url).login(Role.SUPERVISOR, agency=None).get("/console/bao-cao").text
    assert "Sổ chưa được lập lần nào" in page


def test_of_a_day_of_many_dossiers_an_agency_is_chosen_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.read_books.MOST_AT_ONCE", 3)
    client = desk.login(Role.SUPERVISOR, agency=None)
    page = client.get("/console/bao-cao/ho-so?so=due&ngay=2026-11-25").text
    assert ": 5</h1>" in page
    [link] = re.findall(r'href="([^"]*co_quan=H56.14&amp;[^"]*rieng=1[^"]*)"', page)
    cases = client.get(link.replace("&amp;", "&")).text
    assert ": 3</h1>" in cases
    assert cases.count('<th scope="row" class="code">') == 3


def test_a_gateways_bill_is_taken_by_whoever_sees_the_whole_province(desk: Desk) -> None:
    client = desk.login(Role.SUPERVISOR, agency=None)
    empty = client.post("/console/bao-cao/sms", {"gateway": "", "month": "2026"})
    assert empty.status_code == 422
    for words in ("Chưa chọn cổng SMS", "không đọc được", "Chưa chọn tệp"):
        assert words in empty.text
    file = (io.BytesIO("Request ID,Số MT\nabc,2\n".encode()), "thang11.csv")
    typed = {"gateway": "esms", "month": "2026-11", "file": file}
    page = client.post("/console/bao-cao/sms", typed, follow_redirects=True).text
    assert "1 chỗ khác nhau" in page
    assert "Nhà mạng tính, ta không có" in page
    assert "abc" in client.get("/console/bao-cao/sms/1/khac.csv").get_data(as_text=True)
    assert desk.login(Role.SUPERVISOR).get("/console/bao-cao/sms").status_code == 404


def test_a_month_is_the_sum_of_its_days_before_and_after_midnight(desk: Desk) -> None:
    client = desk.login(Role.SUPERVISOR, agency=None)
    for hours in (0, 14, 15, 39):  # 00:00 and past 00:10 of the next days
        desk.clock.moment = desk.clock.moment.replace(hour=3, minute=5) + timedelta(hours=hours)
        if hours != 14:
            keep_books(desk.runtime)
        client = desk.login(Role.SUPERVISOR, agency=None)
        [month] = table(client.get("/console/bao-cao").text, "by-month")
        assert month["due"] == 5
        csv_text = client.get("/console/bao-cao/xuat.csv?bang=thang").get_data(as_text=True)
        assert csv_text.count("2026-11") == 1
