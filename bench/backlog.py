"""Cost of a claimed and recorded message with a million behind it, against a thousand."""

import statistics
from contextlib import ExitStack

from bench.at_once import AtOnce
from bench.clocked import clocked
from bench.owed import owe_messages
from bench.row import Row
from bench.servers import KINDS, Servers
from bot.ceiling import Ceiling
from bot.deliver import Pump
from bot.hold import Hold
from bot.runtime import Runtime

SMALL, LARGE, ROUNDS = 1_000, 1_000_000, 15
THREADS = 64


def run(servers: Servers) -> list[Row]:
    """Both databases."""
    return [_row(servers, kind) for kind in KINDS]


def _row(servers: Servers, kind: str) -> Row:
    with ExitStack() as stack:
        few = stack.enter_context(servers.ground(kind)).runtime()
        many = stack.enter_context(servers.ground(kind)).runtime()
        owe_messages(many, "bulk", LARGE, "many")
        costs: dict[str, list[float]] = {"few": [], "many": []}
        for number in range(ROUNDS):  # in turns, so that a busy minute meets both
            owe_messages(few, "bulk", SMALL, f"few{number}")
            costs["few"].append(_cost(few))
            costs["many"].append(_cost(many))
        few.engine.dispose()
        many.engine.dispose()
    small, large = (statistics.median(costs[name]) * 1e6 for name in ("few", "many"))
    return Row(
        f"claim and record with {LARGE:,} owed, {kind}",
        f"{large:,.0f} µs a message",
        f"with {SMALL:,} owed {small:,.0f} µs",
        f"{large / small:.2f}",
        "≤ 1.2 ×",
        large / small <= 1.2,
    )


def _cost(runtime: Runtime) -> float:
    """Seconds that the database's transactions took for each of a thousand messages."""
    timed, clock = clocked(runtime)
    channel = AtOnce()
    pump = Pump(timed, "bulk", channel, Ceiling(runtime.settings), Hold(timed, "zalo"), THREADS)
    while channel.taken < SMALL and pump.turn():
        pass
    cost = clock.wall / channel.taken
    pump.stop()
    return cost
