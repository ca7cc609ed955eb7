"""`/console/khoa-nguon`: keys made, watched in use, and ended."""

import hmac
import re
from hashlib import sha256
from time import monotonic, sleep
from typing import Any

import pytest

from bot.agencies import add_agency
from bot.core.staff import Role
from bot.feed_keys import add_feed_key, list_feed_keys, revoke_feed_key
from bot.note_feeds import FeedNotes
from tests.console.desk import Desk

PATH = "/console/khoa-nguon"
BODY = b'{"dossiers": []}'


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)


def call(desk: Desk, key_id: str, secret: str, off: int = 0) -> int:
    """One call of the feed; the status it is answered with."""
    stamp = str(int(desk.clock().timestamp()) + off)
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + BODY, sha256).hexdigest()
    headers = {
        "X-Feed-Key": key_id,
        "X-Feed-Timestamp": stamp,
        "X-Feed-Signature": f"sha256={mac}",
    }
    answer = desk.app.test_client().post(
        "/feeds/v1/dossiers", data=BODY, content_type="application/json", headers=headers
    )
    return answer.status_code


def row_of(page: str, key_id: str) -> str:
    """A key's row, its words alone."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.S)
    [row] = [row for row in rows if key_id in row]
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def made(page: str) -> tuple[str, str]:
    """The id and the secret that the page shows."""
    [key_id] = set(re.findall(r"fk-[0-9a-f]{16}", page))
    [secret] = re.findall(r'id="secret">([^<]+)<', page)
    return key_id, secret


def test_a_secret_is_shown_once_and_never_again(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR, login="chi.huong")
    page = boss.post(PATH, {"agency": "H56.14", "note": "iGate của thành phố"})
    key_id, secret = made(page.text)
    assert page.status_code == 200
    assert f'"X-Feed-Key: {key_id}"' in page.text
    assert "http://127.0.0.1:8000/feeds/v1/dossiers" in page.text
    assert page.text.count(secret) == 1
    assert call(desk, key_id, secret) == 200
    for later in (PATH, f"{PATH}/{key_id}/thu-hoi", "/console/audit"):
        assert secret not in boss.get(later).text
    row = row_of(boss.get(PATH).text, key_id)
    assert "iGate của thành phố" in row
    assert "chi.huong" in row
    trail = boss.get("/console/audit").text
    assert "Tạo khóa nguồn dữ liệu" in trail
    assert "ghi chú: iGate của thành phố" in " ".join(trail.split())


def test_calls_and_refusals_are_told_with_their_reasons(desk: Desk) -> None:
    key = add_feed_key(desk.runtime, "H56.14")
    notes = FeedNotes(desk.runtime)
    for outcome in ("taken", "taken", "clock", "signature"):
        notes.call(key.id, outcome, {})
    notes.call("fk-nobody-knows", "key", {})
    notes.write()
    page = desk.login(Role.ADMINISTRATOR, agency=None).get(PATH).text
    row = row_of(page, key.id)
    assert "25/11/2026 09:00" in row
    assert "2 lần nhận" in row
    assert "1 lần từ chối: đồng hồ máy gửi lệch quá 5 phút" in row
    assert "1 lần từ chối: sai chữ ký" in row
    assert "có 1 lời gọi mang mã khóa không có trong danh sách" in page
    desk.clock.move(hours=26)
    assert "0 lần nhận" in row_of(desk.login(Role.ADMINISTRATOR).get(PATH).text, key.id)


def test_the_feed_itself_notes_what_it_is_called_for(desk: Desk) -> None:
    key = add_feed_key(desk.runtime, "H56.14")
    assert call(desk, key.id, key.secret) == 200
    assert call(desk, key.id, "wrong") == 401
    noted = wait_for(desk, key.id)
    assert noted.kept.last_used_at == desk.clock()


def wait_for(desk: Desk, key_id: str) -> Any:
    """The key in the list, once its first call is written down."""
    until = monotonic() + 10
    while monotonic() < until:
        [one] = [one for one in list_feed_keys(desk.runtime).listed if one.kept.key.id == key_id]
        if one.taken and one.kept.last_used_at:
            return one
        sleep(0.02)
    raise AssertionError("the call was not written down")


def test_a_key_is_replaced_without_a_gap(desk: Desk) -> None:
    old = add_feed_key(desk.runtime, "H56.14")
    desk.clock.move(hours=1)
    boss = desk.login(Role.ADMINISTRATOR)
    new = made(boss.post(PATH, {"agency": "H56.14"}).text)
    notes = FeedNotes(desk.runtime)
    notes.call(old.id, "taken", {})
    wait_for(desk, old.id)
    assert "khóa này còn dùng" in row_of(boss.get(PATH).text, old.id)
    refused = boss.post(f"{PATH}/{old.id}/thu-hoi")
    assert refused.status_code == 422
    assert "mời đánh dấu" in refused.text
    assert call(desk, old.id, old.secret) == call(desk, *new) == 200
    desk.clock.move(hours=26)
    boss = desk.login(Role.ADMINISTRATOR)
    assert "không còn dùng: thu hồi được" in row_of(boss.get(PATH).text, old.id)
    assert boss.post(f"{PATH}/{old.id}/thu-hoi").status_code == 303
    assert call(desk, old.id, old.secret) == 401
    assert call(desk, *new) == 200
    assert boss.get(f"{PATH}/{old.id}/thu-hoi").status_code == 404
    trail = " ".join(boss.get("/console/audit").text.split())
    assert "trước đó còn hiệu lực: có" in trail
    assert "còn hiệu lực: không" in trail


def test_an_administrator_sees_and_ends_only_keys_of_their_agencies(desk: Desk) -> None:
    add_agency(desk.runtime, "H57", "UBND tỉnh khác")
    own = add_feed_key(desk.runtime, "H56.14.1")
    others = [
        add_feed_key(desk.runtime, "H56.15"),
        add_feed_key(desk.runtime, "H56"),
        add_feed_key(desk.runtime, "H56.14", all_agencies=True),
    ]
    boss = desk.login(Role.ADMINISTRATOR)
    page = boss.get(PATH).text
    assert own.id in page
    for other in others:
        assert other.id not in page
        assert boss.post(f"{PATH}/{other.id}/thu-hoi", {"sure": "1"}).status_code == 404
    assert boss.post(PATH, {"agency": "H56.15"}).status_code == 422
    assert boss.post(PATH, {"agency": "H56.14", "all_agencies": "1"}).status_code == 403
    kept = boss.post(PATH, {"agency": "H56.14", "note": "x" * 101})
    assert (kept.status_code, "x" * 101 in kept.text) == (422, True)
    assert len(list_feed_keys(desk.runtime).listed) == 4


def test_a_command_ends_a_key_and_the_list_tells_of_it(desk: Desk) -> None:
    key = add_feed_key(desk.runtime, "H56.14", note="máy cũ")
    revoke_feed_key(desk.runtime, key.id)
    row = row_of(desk.login(Role.ADMINISTRATOR).get(PATH).text, key.id)
    assert "Đã thu hồi 25/11/2026 09:00" in row
    assert "lệnh tại máy chủ" in row
