"""`/.well-known/security.txt`: told where somebody is named, and nowhere else."""

import pytest

from bot.settings import SettingsError, load_settings
from tests.make import make_runtime
from wsgi import create_app

PATH = "/.well-known/security.txt"


def test_who_found_a_weakness_is_told_whom_to_write_to(sqlite_url: str) -> None:
    contacts = ("mailto:attt@khanhhoa.example.vn", "tel:+84-258-3800800")
    runtime = make_runtime(sqlite_url, security_contact=contacts)
    answer = create_app(runtime).test_client().get(PATH)
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:attt@khanhhoa.example.vn",
        "Contact: tel:+84-258-3800800",
        "Expires: 2027-05-24T00:00:00Z",
        "Preferred-Languages: vi, en",
        "Canonical: http://127.0.0.1:8000/.well-known/security.txt",
    ]


def test_where_nobody_is_named_there_is_no_such_page(sqlite_url: str) -> None:
    assert create_app(make_runtime(sqlite_url)).test_client().get(PATH).status_code == 404


@pytest.mark.parametrize("typed", ["attt@khanhhoa.example.vn", "http://example.vn", "mailto:a\nB:"])
def test_a_contact_that_is_no_address_stops_the_start(typed: str) -> None:
    with pytest.raises(SettingsError, match="SECURITY_CONTACT"):
        load_settings({"SECURITY_CONTACT": typed, "VAR_DIR": "/nowhere"}, ())
