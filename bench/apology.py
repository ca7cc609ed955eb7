"""The evening's selection among a million open dossiers: seconds, and memory that stays flat."""

import sqlite3
import statistics
import time
from datetime import datetime

import psutil
import psycopg
from sqlalchemy import text

from bench.owed import file_dossiers
from bench.row import Row
from bench.servers import KINDS, Ground, Servers
from bot.apologise import apologise, batches, evening_at, to_apologise
from bot.database import reading
from bot.foresee_apologies import foresee_apologies
from bot.runtime import Runtime

DOSSIERS, SHARE = 1_000_000, 10  # all open; one in ten is due on the next working day
ROUNDS = 3
MOST_SECONDS, MOST_GROWTH = 5.0, 1.1
EARLY = 10_000  # dossiers after which memory is looked at first
EVENING = datetime.fromisoformat("2026-11-25T17:30:00+07:00")  # a Wednesday
MIB = 2**20
_DUE = {
    "SQLite": "strftime('%Y-%m-%d 10:00:00.000000', '2026-11-26', '+' || (n % {share}) || ' days')",
    "PostgreSQL": "timestamptz '2026-11-26 10:00:00+00' + make_interval(days => n % {share})",
}
_BARE = (
    "SELECT id, code, agency_code, procedure_code, step, status, due_at, phone_index FROM dossier "
    "WHERE status IN (2, 4) AND due_at >= {0} AND due_at < {0}"
)


def run(servers: Servers) -> list[Row]:
    """Both databases."""
    rows = []
    for kind in KINDS:
        with servers.ground(kind) as ground:
            rows += _rows(ground)
    return rows


def _rows(ground: Ground) -> list[Row]:
    runtime = ground.runtime()
    file_dossiers(runtime.engine, DOSSIERS, _DUE[ground.kind].format(share=SHARE))
    if ground.kind == "PostgreSQL":
        with runtime.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    early, peak = _memory(runtime)
    rounds = [(_select(runtime), _bare(ground, runtime)) for _ in range(ROUNDS)]
    ours, floor = (statistics.median(column) for column in zip(*rounds, strict=True))
    began = time.perf_counter()
    owed = apologise(runtime, EVENING)
    owing = time.perf_counter() - began
    runtime.engine.dispose()
    if owed != DOSSIERS // SHARE:
        raise RuntimeError(f"{owed} apologies were owed, expected {DOSSIERS // SHARE}")
    return [
        Row(
            f"apology selection, {owed:,} of {DOSSIERS:,} open dossiers, {ground.kind}",
            f"{ours:.2f} s",
            f"the driver's bare SELECT of the same {floor:.2f} s",
            f"{ours / floor:.1f}",
            f"≤ {MOST_SECONDS:g} s",
            ours <= MOST_SECONDS,
        ),
        Row(
            "… resident memory at its peak",
            f"{peak / MIB:.1f} MiB",
            f"after {EARLY:,}: {early / MIB:.1f} MiB",
            f"{peak / early:.2f}",
            "flat (≤ 1.1)",
            peak / early <= MOST_GROWTH,
        ),
        Row("… chosen, held and owed", f"{owing:.1f} s ({owed / owing:,.0f}/s)"),
    ]


def _memory(runtime: Runtime) -> tuple[int, int]:
    """Resident bytes of a dry run, which does the most: after its first batches, and at most."""
    process = psutil.Process()
    early = peak = 0
    for number, _ in enumerate(foresee_apologies(runtime, EVENING), start=1):
        if number == EARLY:
            early = process.memory_info().rss
        if number % 1_000 == 0:
            peak = max(peak, process.memory_info().rss)
    return early, peak


def _select(runtime: Runtime) -> float:
    """Seconds to choose, batch by batch, as the evening's run does before it owes."""
    evening = evening_at(runtime, EVENING)
    began = time.perf_counter()
    for ids in batches(runtime, evening):
        with reading(runtime.engine) as connection:
            to_apologise(connection, runtime, evening, ids, hold=False)
    return time.perf_counter() - began


def _bare(ground: Ground, runtime: Runtime) -> float:
    """The same rows through the driver alone, a thousand at a time."""
    evening = evening_at(runtime, EVENING)
    if ground.kind == "SQLite":
        lite = sqlite3.connect(ground.folder / "bot.db")
        since, until = (
            moment.strftime("%Y-%m-%d %H:%M:%S.%f") for moment in (evening.since, evening.until)
        )
        began = time.perf_counter()
        cursor = lite.execute(_BARE.format("?"), (since, until))
        while cursor.fetchmany(1_000):
            pass
        taken = time.perf_counter() - began
        lite.close()
        return taken
    url = ground.database_url.replace("+psycopg", "")
    with psycopg.connect(url) as connection, connection.cursor("bare") as rows:
        began = time.perf_counter()
        rows.execute(_BARE.format("%s"), (evening.since, evening.until))
        while rows.fetchmany(1_000):
            pass
        return time.perf_counter() - began
