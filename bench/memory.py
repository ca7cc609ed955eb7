"""Resident memory of a sending process after ten thousand and a hundred thousand messages."""

from bench.owed import owe_messages
from bench.replies import measured
from bench.row import Row
from bench.servers import KINDS, Servers

MESSAGES = 100_000
MIB = 2**20


def run(servers: Servers) -> list[Row]:
    """Both databases."""
    rows = []
    for kind in KINDS:
        with servers.ground(kind) as ground, servers.aside():
            runtime = ground.runtime()
            owe_messages(runtime, "chat", MESSAGES, "memory")
            runtime.engine.dispose()
            told = measured(ground, "memory", "http://127.0.0.1:9", MESSAGES)
        if told["taken"] != MESSAGES:
            raise RuntimeError(f"{told['taken']} messages were sent, {MESSAGES} were owed")
        ratio = told["last"] / told["first"]
        rows.append(
            Row(
                f"memory after {MESSAGES:,} messages, {kind}",
                f"{told['last'] / MIB:.1f} MiB ({MESSAGES / told['seconds']:,.0f}/s)",
                f"after 10,000: {told['first'] / MIB:.1f} MiB",
                f"{ratio:.2f}",
                "± 10 %",
                0.9 <= ratio <= 1.1,
            )
        )
    return rows
