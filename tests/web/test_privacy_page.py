"""The public page about personal data: short, whole, and true to the retention table."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from bot.agencies import add_agency, set_agency
from bot.retention import load_retention
from console.privacy_page import how_long
from tests.make import make_runtime
from wsgi import create_app


@pytest.fixture
def web(sqlite_url: str) -> FlaskClient:
    runtime = make_runtime(sqlite_url, privacy_contact="Văn phòng UBND tỉnh, 0258 3822 100")
    add_agency(runtime, "H56", "UBND tỉnh Mẫu")
    add_agency(runtime, "H56.14", "UBND phường Lộc Thọ", parent="H56")
    set_agency(runtime, "H56", hotline="0258 3822 999")
    return create_app(runtime).test_client()


def test_it_says_what_is_kept_why_how_long_and_whom_to_ask(web: FlaskClient) -> None:
    answer = web.get("/quyen-rieng-tu")
    said = " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())
    assert answer.status_code == 200
    for rule in load_retention().rules.values():
        assert rule.shown in said
        assert rule.shown_why in said
    for words in (
        "91/2025/QH15", "02 ngày làm việc", "dữ liệu của tôi", "xóa thông tin", "thôi theo dõi",
        "Văn phòng UBND tỉnh, 0258 3822 100", "UBND tỉnh Mẫu", "0258 3822 999",
    ):  # fmt: skip
        assert words in said
    assert "UBND phường Lộc Thọ" not in said


def test_it_is_small_and_runs_nothing(web: FlaskClient) -> None:
    answer = web.get("/quyen-rieng-tu")
    assert len(answer.data) <= 30_000
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    [sheet] = re.findall(r'stylesheet" href="([^"]+)"', answer.text)
    assert web.get(sheet).status_code == 200


@pytest.mark.parametrize(
    ("days", "words"),
    [(2, "2 ngày"), (90, "90 ngày"), (365, "12 tháng"), (730, "2 năm"), (1825, "5 năm")],
)
def test_a_term_is_said_as_people_say_it(days: int, words: str) -> None:
    assert how_long(days) == words
