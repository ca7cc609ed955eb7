"""The doctor's look at the workers' clocks: which of them waits because its own is wrong."""

from collections.abc import Iterator

from bot.core.clocks import nearer_clock
from bot.database import reading
from bot.finding import Finding
from bot.runtime import Runtime
from bot.store.workers import clock_of_database, clocks_beside


def clock_findings(runtime: Runtime) -> Iterator[Finding]:
    """Each living lane that waits; nothing where all clocks agree."""
    with reading(runtime.engine) as connection:
        clocks = clocks_beside(connection, "", clock_of_database(connection))
    for one in clocks:
        if nearer_clock(one, clocks):
            seconds = f"{one.ahead.total_seconds():+.0f} s"
            why = f"{one.name} is {seconds} from the database's clock, unlike others: it waits"
            yield Finding(
                "warn", "clock", why, "set that machine's clock: timedatectl set-ntp true"
            )
