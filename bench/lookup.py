"""One lookup by code among many dossiers, with a connection from the pool each time."""

import random
import sqlite3
import time
from collections.abc import Callable

import psycopg
from sqlalchemy import text

from bench.owed import code_of, file_dossiers
from bench.row import Row, percentile
from bench.servers import KINDS, Ground, Servers
from bot.database import reading
from bot.runtime import Runtime
from bot.store.dossiers import progress_by_codes

LOOKUPS, MOST_MS = 10_000, 5.0
DOSSIERS, DOSSIERS_FULL = 500_000, 5_000_000
_BARE = (
    "SELECT d.step, d.status, d.due_at FROM receipt_code r JOIN dossier d ON d.id = r.dossier_id "
    "WHERE r.code = "
)


def run(servers: Servers, full: bool) -> list[Row]:
    """Both databases."""
    rows = []
    count = DOSSIERS_FULL if full else DOSSIERS
    for kind in KINDS:
        with servers.ground(kind) as ground:
            rows.append(_row(ground, count))
    return rows


def _row(ground: Ground, count: int) -> Row:
    runtime = ground.runtime()
    file_dossiers(runtime.engine, count)
    if ground.kind == "PostgreSQL":
        with runtime.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    chance = random.Random(20261122)
    # One in ten is unknown: beyond the last that was filed.
    codes = [code_of(chance.randint(1, count + count // 9)) for _ in range(LOOKUPS)]
    ours = _times(lambda code: _ours(runtime, code), codes)
    bare = _times(_bare(ground), codes)
    runtime.engine.dispose()
    p50, p99 = percentile(ours, 0.5), percentile(ours, 0.99)
    floor = percentile(bare, 0.99)
    return Row(
        f"lookup by code, {count:,} dossiers, {ground.kind}: p50 / p99",
        f"{p50:.2f} / {p99:.2f} ms",
        f"held connection of the driver {percentile(bare, 0.5):.2f} / {floor:.2f} ms",
        f"{p99 / floor:.1f}",
        f"p99 ≤ {MOST_MS:g} ms",
        p99 <= MOST_MS,
    )


def _ours(runtime: Runtime, code: str) -> object:
    with reading(runtime.engine) as connection:
        return progress_by_codes(connection, [code])


def _bare(ground: Ground) -> Callable[[str], object]:
    if ground.kind == "SQLite":
        lite = sqlite3.connect(ground.folder / "bot.db")
        return lambda code: lite.execute(_BARE + "?", (code,)).fetchone()
    url = ground.database_url.replace("+psycopg", "")
    connection = psycopg.connect(url, autocommit=True)
    return lambda code: connection.execute(_BARE + "%s", (code,)).fetchone()


def _times(look: Callable[[str], object], codes: list[str]) -> list[float]:
    for code in codes[:200]:
        look(code)
    found = []
    for code in codes:
        began = time.perf_counter()
        look(code)
        found.append((time.perf_counter() - began) * 1000)
    return found
