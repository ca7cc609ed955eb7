"""What the doctor says of growing: months made beforehand, the read replica, connections."""

from collections.abc import Iterator

from bot.bell import WORKER_LANES
from bot.database import reading
from bot.finding import Finding
from bot.keep_months import LEAST_AHEAD, parted_tables
from bot.replica import Standing
from bot.runtime import Runtime
from bot.store.replicas import most_connections, session_zone

LANE_POOL = 4  # of each process of a worker (bot/work.py)
COMMANDS = 10  # commands, a backup and whoever looks by hand

_WORDS = {
    Standing.AWAY: ("does not answer; the books are read from the database", "start it"),
    Standing.OLD: (
        "holds no fresh sign of a worker; the books are read from the database",
        "see why it lags, or why no worker runs",
    ),
    Standing.NO_REPLICA: (
        "takes writes, so it is no replica; it is not read",
        "name a standby, or empty DATABASE_READ_URL",
    ),
}


def growth_findings(runtime: Runtime) -> Iterator[Finding]:
    """Only what there is: SQLite has none of it."""
    if runtime.engine.dialect.name != "postgresql":
        return
    yield from _months(runtime)
    yield from _replica(runtime)
    yield from _connections(runtime)


def _months(runtime: Runtime) -> Iterator[Finding]:
    for one in parted_tables(runtime):
        what = f"months.{one.table}"
        if one.strays:
            why = f"{one.strays} rows have no month of their own"
            yield Finding("warn", what, why, "run in quiet hours: python -m bot months --make")
        elif one.ahead < LEAST_AHEAD:
            why = f"the last month made is {one.last or 'none'}"
            yield Finding("warn", what, why, "see timed.months; run: python -m bot months --make")
        else:
            yield Finding("ok", what, f"made up to {one.last}")


def _replica(runtime: Runtime) -> Iterator[Finding]:
    if runtime.replica is None:
        return
    found = runtime.replica.look()
    if found.standing is Standing.GOOD:
        age = found.age.total_seconds() if found.age else 0
        yield Finding("ok", "replica", f"{age:.0f} s behind")
    else:
        why, do = _WORDS[found.standing]
        yield Finding("warn", "replica", why, f"{do}, see DATABASE_READ_URL")


def wanted_connections(runtime: Runtime) -> int:
    """The most that all processes together may open: each twice what it keeps."""
    settings = runtime.settings
    web = settings.web_processes * 2 * settings.database_pool
    worker = settings.worker_processes * len(WORKER_LANES) * 2 * LANE_POOL
    return web + worker + COMMANDS


def _connections(runtime: Runtime) -> Iterator[Finding]:
    with reading(runtime.engine) as connection:
        most, zone = most_connections(connection), session_zone(connection)
    if runtime.settings.database_pooler == "transaction":
        if zone.upper() not in ("UTC", "ETC/UTC"):
            why = f"sessions tell moments in {zone}, and PgBouncer keeps no option of ours"
            do = "run: ALTER DATABASE … SET timezone = 'UTC'"
            yield Finding("warn", "database.timezone", why, do)
        return
    wanted = wanted_connections(runtime)
    if wanted > most:
        why = f"web and workers may open {wanted}, the server has {most}"
        do = "raise max_connections, lower DATABASE_POOL, or put PgBouncer in front"
        yield Finding("warn", "database.connections", why, f"{do} (docs/install.md)")
    else:
        yield Finding("ok", "database.connections", f"at most {wanted} of {most}")
