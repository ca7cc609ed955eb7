"""Secrets change while people work: sessions, forms, feeds, second factors and the trail go on."""

import json
from dataclasses import replace

from cryptography.fernet import Fernet

from bot.core.staff import Role
from bot.feed_keys import NewKey, add_feed_key, revoke_feed_key
from bot.rotate_keys import rotate_keys
from bot.runtime import Runtime
from bot.seal_audit import sealed_head
from bot.second_factor import prove_code
from bot.vault import Vault
from bot.verify_audit import verify_audit
from tests.console.desk import PASSWORD, Desk
from tests.console.test_login_page import hidden
from tests.factors import set_up, within
from tests.make import FIELD_KEY, SECRET_KEY, make_runtime
from webhooks.feed_signature import signature
from wsgi import create_app

NEW_SECRET = "another secret, only for the tests, 32 or more characters"


def test_a_new_secret_key_ends_no_session_and_loses_nothing_typed(sqlite_url: str) -> None:
    desk = Desk(sqlite_url)
    boss = desk.login(Role.ADMINISTRATOR, login="quan.tri")
    boss.token()
    changed = make_runtime(
        sqlite_url, desk.clock, secret_key=NEW_SECRET, secret_key_previous=(SECRET_KEY,)
    )
    boss.web.application = create_app(changed)
    assert boss.get("/console/staff").status_code == 200
    typed = {"login": "minh", "name": "Trần Văn Minh", "roles": "clerk", "agency": "H56.14"}
    asked = boss.post("/console/staff", typed)  # the form was opened before the change
    assert asked.status_code == 400
    assert hidden(asked.text, "name") == "Trần Văn Minh"
    again = {**typed, "csrf_token": hidden(asked.text, "csrf_token")}
    assert "Mật khẩu mới của minh" in boss.post("/console/staff", again).text


def test_new_field_keys_leave_second_factors_and_the_trail_as_they_are(database_url: str) -> None:
    desk = Desk(database_url)
    login = desk.account(Role.ADMINISTRATOR)
    telephone = set_up(desk.runtime, login, PASSWORD)
    head = sealed_head(desk.runtime)
    fresh = Fernet.generate_key().decode()
    assert rotate_keys(replace(desk.runtime, vault=Vault((fresh, FIELD_KEY)))).complete
    after = replace(desk.runtime, vault=Vault((fresh,)))
    desk.clock.move(minutes=1)
    assert prove_code(after, within(after, login, PASSWORD), telephone.code())
    assert prove_code(after, within(after, login, PASSWORD), telephone.recovery[0])
    assert verify_audit(after, head).faults == ()


def sent(runtime: Runtime, key: NewKey) -> int:
    """What the feed answers a call of this key."""
    body, stamp = json.dumps({"dossiers": []}).encode(), str(int(runtime.now().timestamp()))
    headers = {
        "X-Feed-Key": key.id,
        "X-Feed-Timestamp": stamp,
        "X-Feed-Signature": signature(key.secret.encode(), stamp, body),
        "Content-Type": "application/json",
    }
    web = create_app(runtime).test_client()
    return web.post("/feeds/v1/dossiers", data=body, headers=headers).status_code


def test_a_new_feed_key_is_good_before_the_old_one_ends(sqlite_url: str) -> None:
    desk = Desk(sqlite_url)
    old, new = (add_feed_key(desk.runtime, "H56.14") for _ in range(2))
    assert (sent(desk.runtime, old), sent(desk.runtime, new)) == (200, 200)
    revoke_feed_key(desk.runtime, old.id)
    assert (sent(desk.runtime, old), sent(desk.runtime, new)) == (401, 200)
