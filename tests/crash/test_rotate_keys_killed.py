"""The rotation of keys is killed half-way: nothing is lost, and a second run ends it."""

import os
import sys
from dataclasses import replace
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import insert, select

from bot.database import reading
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.store.tables import inbox
from bot.vault import Unreadable, Vault
from tests.conftest import StartChild
from tests.make import FIELD_KEY, NOW, SECRET_KEY, make_runtime
from tests.rig.child import Child, wait_until
from tests.rig.warm_child import WarmChild

NEW = Fernet.generate_key().decode()
ROWS = 12_000


def rotate(start: StartChild, runtime: Runtime, folder: Path) -> Child:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": runtime.settings.database_url,
        "SECRET_KEY": SECRET_KEY,
        "FIELD_KEYS": f"{NEW},{FIELD_KEY}",
    }
    return start([sys.executable, "-m", "bot", "keys", "rotate"], env=environ, kind=WarmChild)


def payloads(runtime: Runtime) -> list[bytes]:
    with reading(runtime.engine) as connection:
        return list(connection.scalars(select(inbox.c.payload).order_by(inbox.c.id)))


def opens(vault: Vault, sealed: bytes) -> bool:
    try:
        return bool(vault.open(sealed))
    except Unreadable:
        return False


def test_killed_half_way_a_second_run_ends_it(
    start_child: StartChild, database_url: str, tmp_path: Path
) -> None:
    runtime = make_runtime(database_url)
    key = index_key(runtime)
    sealed = runtime.vault.seal("payload")
    shared = {
        "carrier": "zalo",
        "event_name": "user_send_text",
        "own": True,
        "event_at": NOW,
        "arrived_at": NOW,
        "payload": sealed,
    }
    with runtime.engine.begin() as connection:
        rows = [{"event_key": f"event-{number}", **shared} for number in range(ROWS)]
        connection.execute(insert(inbox), rows)

    first = rotate(start_child, runtime, tmp_path)
    wait_until(lambda: payloads(runtime)[0] != sealed, "a batch sealed anew", timeout=30, every=0)
    first.kill9()
    assert sealed in payloads(runtime), "the rotation was done before it could be killed"
    both, new = Vault((NEW, FIELD_KEY)), Vault((NEW,))
    assert all(opens(both, one) for one in payloads(runtime))

    assert rotate(start_child, runtime, tmp_path).wait() == 0
    assert {new.open(one) for one in payloads(runtime)} == {b"payload"}
    assert index_key(replace(runtime, vault=new)) == key
