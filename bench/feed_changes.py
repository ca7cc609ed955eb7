"""A feed of 5,000 changed dossiers over HTTP: decided, stored, owed; against bare statements."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from bench.bare_web import bare_engine
from bench.owed import code_of
from bench.pinned import ALL_CORES
from bench.row import Row
from bench.servers import KINDS, Ground, Servers
from bench.told import PROCESSING, RESULT, SUPPLEMENT, body_of, dossier, open_desk, register, tell
from bot.runtime import Runtime
from bot.up import web_command
from tests.rig.child import free_port

DOSSIERS = 5_000
LIMIT = 5.0  # seconds
CHANGES = (SUPPLEMENT, RESULT, PROCESSING)  # one a round; each of them owes a notice

metadata = MetaData()
bare_dossier = Table(
    "bare_dossier",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("step", String(200), nullable=False),
    Column("status", Integer, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("phone", LargeBinary, nullable=False),
    Column("owner", LargeBinary, nullable=False),
)
bare_notice = Table(
    "bare_notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("event", String(16), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False, index=True),
)


def run(servers: Servers) -> list[Row]:
    """Both databases."""
    return [_row(servers, kind) for kind in KINDS]


def _row(servers: Servers, kind: str) -> Row:
    with servers.ground(kind) as ground:
        runtime, engine = ground.runtime(), bare_engine(ground.database_url)
        desk = open_desk(runtime)
        numbers = range(1, DOSSIERS + 1)
        register(runtime, desk, numbers, PROCESSING)
        metadata.create_all(engine)
        _bare(engine, 0)
        ours, bare = [], []
        with serving(ground) as port, requests.Session() as session:
            for turn, status in enumerate(CHANGES, 1):
                owed = notices_of(runtime)
                body = body_of(dossier(number, status, runtime.now()) for number in numbers)
                ours.append(tell(session, port, desk, body))
                if notices_of(runtime) - owed != DOSSIERS:
                    raise RuntimeError(f"{notices_of(runtime) - owed} notices came to be owed")
                bare.append(_bare(engine, turn))
        engine.dispose()
        runtime.engine.dispose()
    took, floor = statistics.median(ours), statistics.median(bare)
    binding = kind == "PostgreSQL"  # SQLite stands beside it for information
    return Row(
        f"a feed of {DOSSIERS:,} changed dossiers: decided, stored, owed, {kind}",
        f"{took:.2f} s, {DOSSIERS / took:,.0f}/s",
        f"bare upserts and inserts {floor:.2f} s",
        f"{took / floor:.1f}",
        f"≤ {LIMIT:.0f} s" if binding else "",
        took <= LIMIT if binding else None,
    )


@contextmanager
def serving(ground: Ground) -> Iterator[int]:
    """The web processes as `bot up` starts them, all cores for all; their port."""
    port = free_port()
    more = {"PORT": str(port)}
    with ground.start("web", web_command(ground.settings(**more)), ALL_CORES, **more) as web:
        web.wait_for_url(f"http://127.0.0.1:{port}/healthz")
        yield port


def notices_of(runtime: Runtime) -> int:
    """How many notices there are."""
    with runtime.engine.connect() as connection:
        count: int = connection.execute(text("SELECT count(*) FROM notice")).scalar_one()
        return count


def _bare(engine: Engine, turn: int) -> float:
    """The same rows without a question asked: one transaction; the seconds it took."""
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    first = dialect.insert(bare_dossier)
    upsert = first.on_conflict_do_update(
        index_elements=["code"],
        set_={name: first.excluded[name] for name in ("step", "status", "changed_at", "phone")},
    )
    now = datetime.now(UTC)
    codes = [code_of(number) for number in range(1, DOSSIERS + 1)]
    dossiers: list[dict[str, Any]] = [
        {
            "code": code,
            "step": f"Thẩm định hồ sơ {turn}",
            "status": turn,
            "changed_at": now,
            "phone": bytes(100),
            "owner": bytes(140),
        }
        for code in codes
    ]
    due_at = now + timedelta(minutes=turn)
    notices = [{"key": f"d:{code}:{turn}", "event": "result", "due_at": due_at} for code in codes]
    began = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(upsert, dossiers)
        connection.execute(insert(bare_notice), notices)
    took = time.perf_counter() - began
    with engine.connect() as connection:
        count = connection.execute(select(func.count()).select_from(bare_notice)).scalar_one()
    if count != DOSSIERS * (turn + 1):
        raise RuntimeError(f"{count} bare notices are stored")
    return took
