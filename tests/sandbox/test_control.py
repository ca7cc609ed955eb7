"""The control API as people and pages use it, and the state kept across restarts."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import StartRehearsal
from tests.sandbox.rehearsal import APP_SECRET, Product, Rehearsal


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("say", {"user": "an"}, "text"),
        ("say", {"text": "chào"}, "user"),
        ("say", [], "JSON object"),
        ("say", {"user": "an", "text": 7}, "text is 7"),
        ("follow", {"user": "an", "following": "yes"}, "following"),
        ("send", {"user": "an", "kind": "telepathy"}, "telepathy"),
        ("send", {"user": "an", "kind": "reaction", "msg_id": "none"}, "msg_id"),
        ("photo", {"user": "an", "image_base64": "%%%"}, "base64"),
        ("press", {"user": "an", "msg_id": "none"}, "msg_id"),
        ("clock", {}, "now"),
        ("clock", {"now": "tomorrow"}, "tomorrow"),
        ("clock", {"advance_seconds": 1e12}, "advance_seconds"),
        ("clock", {"advance_seconds": -9e10}, "clock"),
        ("fault", {"name": "earthquake"}, "earthquake"),
        ("fault", {"name": "duplicate", "count": 0}, "count"),
        ("fault", {"name": "duplicate", "value": 3}, "no value"),
        ("fault", {"name": "delay", "value": "long"}, "a number"),
        ("webhook", {"url": "ftp://x"}, "url"),
        ("sms", {"user": "an"}, "text"),
        ("sms", {"user": "an", "text": "MCKH", "aggregator": "pigeon"}, "pigeon"),
        ("dossier", {"action": "burn"}, "burn"),
        ("dossier", {"action": "next", "code": "H00"}, "H00"),
    ],
)
def test_a_wrong_request_is_told_what_came_and_what_was_expected(
    zalo: Rehearsal, path: str, body: Any, named: str
) -> None:
    answer = zalo.http.post(f"{zalo.url}/control/{path}", json=body, timeout=10)
    assert (answer.status_code, answer.json()["ok"]) == (400, False)
    assert named in answer.json()["error"]
    assert "expected" in answer.json()["error"]


def test_an_unknown_user_is_invented_and_stays_the_same(zalo: Rehearsal) -> None:
    zalo.control("say", user="dung", text="một")
    zalo.control("say", user="dung", text="hai")
    zalo.control("say", user="7364519280461537702", text="ba")
    people = zalo.get("/control/state")["people"]
    assert [one["alias"] for one in people][3:] == ["dung", "7364519280461537702"]
    assert len(people[3]["id"]) == 19
    assert people[4]["id"] == "7364519280461537702"


def test_the_window_of_a_person_is_shown(zalo: Rehearsal) -> None:
    windows = [zalo.person()["window"]]
    zalo.control("say", user="an", text="chào")
    for _ in range(3):
        windows.append(zalo.person()["window"])
        zalo.control("clock", advance_seconds=4 * 86_400)
    assert windows == ["never", "48h", "7d", "closed"]


def test_the_clock_moves_and_comes_back(zalo: Rehearsal) -> None:
    there = zalo.control("clock", now="2026-11-30T17:30:00+07:00")
    assert there["now"].startswith("2026-11-30T17:30:00")
    assert zalo.control("clock", offset_seconds=0)["offset_seconds"] == 0


def test_the_description_has_an_example_for_every_address(zalo: Rehearsal) -> None:
    page = zalo.http.get(f"{zalo.url}/control", timeout=10)
    table = zalo.get("/control", Accept="application/json")
    assert page.headers["Content-Type"].startswith("text/html")
    for one in table["post"]:
        assert one["path"] in page.text
        assert isinstance(one["example"], dict)
    assert "/control/say" in [one["path"] for one in table["post"]]


def test_the_request_log_shows_both_ways_without_secrets(zalo: Rehearsal, product: Product) -> None:
    zalo.control("say", user="an", text="chào")
    zalo.cs({"text": "chào"})
    zalo.oauth(grant_type="refresh_token", refresh_token="secret-refresh")
    product.wait(2)
    log = zalo.http.get(f"{zalo.url}/control/requests", timeout=10).text
    rows = json.loads(log)["requests"]
    assert {"in", "out"} == {one["direction"] for one in rows}
    assert {"/webhooks/zalo", "/openapi/v3.0/oa/message/cs"} <= {one["path"] for one in rows}
    for secret in (zalo.token, APP_SECRET, "secret-refresh"):
        assert secret not in log


def test_the_stream_tells_state_and_then_changes(zalo: Rehearsal) -> None:
    url = f"{zalo.url}/control/stream"
    with zalo.http.get(url, stream=True, timeout=10) as stream:
        lines = (line.decode() for line in stream.iter_lines())
        assert next(lines) == "event: state"
        assert len(json.loads(next(lines).removeprefix("data: "))["people"]) == 3
        zalo.control("say", user="an", text="chào")
        names = [line for line in (next(lines) for _ in range(7)) if line.startswith("event")]
    assert names == ["event: message", "event: person"]


def test_state_survives_a_restart(start: StartRehearsal, tmp_path: Path) -> None:
    path = tmp_path / "kept" / "state.json"
    first = start(SANDBOX_STATE=str(path))
    first.control("follow", user="an")
    first.control("say", user="an", text="chào")
    first.control("person", user="dung", name="Phạm Dung")
    pair = first.control("token")
    before = first.get("/control/state")
    first.close()
    second = start(SANDBOX_STATE=str(path))
    after = second.get("/control/state")
    for part in ("people", "messages", "dossiers", "tokens"):
        assert after[part] == before[part]
    second.token = pair["access_token"]
    assert second.cs({"text": "vẫn đây"})["error"] == 0
    assert after["messages"][-1]["id"] < second.get("/control/messages")["messages"][-1]["id"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_broken_state_file_is_put_aside(start: StartRehearsal, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"people": [')
    zalo = start(SANDBOX_STATE=str(path))
    assert len(zalo.get("/control/state")["people"]) == 3
    assert path.with_suffix(".unreadable").exists()


def test_the_page_is_served_and_nothing_beside_it(zalo: Rehearsal) -> None:
    index = zalo.http.get(f"{zalo.url}/", timeout=10)
    assert index.headers["Content-Type"].startswith("text/html")
    for path in ("/page/..%2fsettings.py", "/page/%2e%2e/app.py", "/page/none.js"):
        assert zalo.http.get(f"{zalo.url}{path}", timeout=10).status_code == 404
