"""Builders for tests: a runtime on a fresh, migrated database, and what tests put into it."""

import atexit
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from psycopg import OperationalError
from sqlalchemy import Engine, make_url
from sqlalchemy.util import LRUCache

from bot.bell import Bell
from bot.database import make_engine, newest_schema
from bot.metrics import own_metrics
from bot.migrate import migrate
from bot.runtime import Clock, Runtime
from bot.settings import Settings
from bot.texts.catalogue import load_catalogue
from bot.texts.present import PresentTexts
from bot.vault import Vault
from tests.rig.postgres_copies import (
    make_copy,
    migrated_template,
    schema_of,
    without_name,
)

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # a Wednesday, nine in the morning in Vietnam
FIELD_KEY = "bm90LWEtc2VjcmV0LW9ubHktZm9yLXRoZS10ZXN0cyE="
SECRET_KEY = "not a secret, only for the tests, 32 or more characters"

STATEMENTS = 5_000

_open: list[Engine] = []
_left: set[Engine] = set()
_statements: dict[str, tuple[Any, Any]] = {}


@dataclass(slots=True)
class HandClock:
    """A clock that stands still until a test moves it."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **distance: float) -> None:
        """Move it, as `timedelta` counts: move(hours=2)."""
        self.moment += timedelta(**distance)


@dataclass(slots=True)
class ListBell:
    """A bell that writes down which lanes were rung."""

    rung: list[str] = field(default_factory=list)

    def ring(self, lane: str) -> None:
        """Write the lane down."""
        self.rung.append(lane)


def make_settings(database_url: str, **changes: Any) -> Settings:
    """Settings as a province would have them; `changes` by field name."""
    values = {
        "database_url": database_url,
        "var_dir": _scratch(),
        "public_url": "http://127.0.0.1:8000",
        "secret_key": SECRET_KEY,
        "field_keys": (FIELD_KEY,),
        "zalo_app_id": "4318657068771012646",
        "zalo_app_secret": "app secret for the tests",
        "zalo_oa_id": "579745863508352884",
        "zalo_oa_secret_key": "oa secret for the tests",
        "second_factor": "optional",  # tests of the second factor ask for it
    }
    return Settings(**{**values, **changes})


def make_runtime(
    database_url: str,
    now: datetime | Clock = NOW,
    bell: Bell | None = None,
    **settings: Any,
) -> Runtime:
    """A runtime on the database, brought to the newest schema; its clock stands still.

    A test that moves the clock hands in a HandClock of its own. Several runtimes may share one
    database, as web and worker do.
    """
    fresh_schema(database_url)
    return Runtime(
        settings=make_settings(database_url, **settings),
        engine=_remembered(_kindred(make_engine(database_url))),
        vault=Vault((FIELD_KEY,)),
        bell=bell or ListBell(),
        clock=HandClock(now) if isinstance(now, datetime) else now,
        wording=PresentTexts(_shipped_texts()),
        metrics=own_metrics(),
    )


def make_record(number: int = 1, /, **changes: Any) -> dict[str, Any]:
    """One dossier as one-stop software sends it, of agency H32.15; `changes` by field name.

    A change to `...` leaves the field out.
    """
    record = {
        "code": f"000.00.17.H32-261122-{number:04d}",
        "agency": "H32.15",
        "procedure": {"code": "1.004873", "name": "Đăng ký biến động đất đai"},
        "step": "Thẩm định hồ sơ",
        "status": 4,
        "changed_at": "2026-11-24T09:30:00+07:00",
        "due_at": "2026-12-04T17:00:00+07:00",
        "phone": "0905 123 456",
        **changes,
    }
    return {name: value for name, value in record.items() if value is not ...}


def fresh_schema(database_url: str) -> None:
    """Bring a database to the newest schema; one that does not exist is copied of one made before.

    Most tests that hand in one that exists have brought it there themselves: it is asked first.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        try:
            is_newest = schema_of(database_url) == newest_schema()
        except OperationalError:  # there is no such database
            make_copy(database_url, migrated_database(without_name(database_url)))
            return
        if not is_newest:
            migrate(database_url)
    elif url.database and not Path(url.database).exists():
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_migrated_file(), url.database)
    elif not url.database or _schema_of_file(url.database) != newest_schema():
        migrate(database_url)


def _schema_of_file(place: str) -> str | None:
    with closing(sqlite3.connect(place)) as connection, suppress(sqlite3.OperationalError):
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
    return None


_shipped_texts = cache(load_catalogue)  # nothing can be changed in it


@cache
def _migrated_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate(f"sqlite:///{folder / 'bot.db'}")
    return folder / "bot.db"


@cache
def migrated_database(server: str) -> str:
    """A database of this server that was migrated once, for others to be copies of."""
    return migrated_template(server, migrate)


@cache
def _scratch() -> Path:
    """A VAR_DIR of this test process's own."""
    folder = Path(tempfile.mkdtemp(prefix="var-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _kindred(engine: Engine) -> Engine:
    """Take over what earlier engines on the same kind of database made of our statements.

    A province's engine makes SQL of each once; an engine for each test would spend more on that
    than on running it.
    """
    kind = engine.dialect.name
    if kind not in _statements:
        engine.connect().close()  # the dialect learns what it talks to
        _statements[kind] = (engine.dialect, LRUCache(STATEMENTS))
    engine.dialect, engine._compiled_cache = _statements[kind]
    return engine


def _remembered(engine: Engine) -> Engine:
    """Close the idle connections of earlier tests' engines: they are on other databases, or cut."""
    for earlier in [one for one in _open if one.url != engine.url or one in _left]:
        earlier.dispose()
        _open.remove(earlier)
    _left.clear()
    _open.append(engine)
    return engine


def leave_engines(database_url: str) -> None:
    """The test on this database is over, and the next one takes it: who is late gets no connection.

    What is open goes with the next test's engine, when the threads of this one have ended too.
    """
    for engine in _open:
        if engine.url == make_url(database_url):
            engine.pool._creator = _too_late
            _left.add(engine)


def _too_late(*_: object) -> NoReturn:
    raise OperationalError("this test is over")


@atexit.register
def _close_all() -> None:
    for engine in _open:
        engine.dispose()
