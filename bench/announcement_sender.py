"""One process that plans or sends an announcement, measured from inside:

python -m bench.announcement_sender plan|drain|cap|stop URL ID

It prints one JSON object; CPU and seconds are those of the work alone, without the imports.
"""

import json
import os
import resource
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, perf_counter
from typing import cast

from bench.sender import cpu_seconds
from bench.servers import without_ceiling
from bot.announce import Announcer, build_announcer
from bot.announcement_steps import Steps
from bot.channels.channel import Sent
from bot.channels.zalo_announce import AnnouncementChannel, ChatTelling
from bot.core.announcement import State
from bot.logs import configure_logs
from bot.runtime import Runtime, build_runtime
from bot.settings import load_settings
from bot.store.announcements import announcement_by_id, move

CAP_SECONDS = 150.0
STOP_AFTER = 3.0
ZALOS_CAP = 4_000  # calls a minute: zalo-platform 7


@dataclass(slots=True)
class Timed:
    """A channel that takes every message at once, or hands it on, and keeps when."""

    inner: AnnouncementChannel | None = None
    times: list[float] = field(default_factory=list)

    def send(self, user_id: str, told: ChatTelling) -> Sent:
        """Take it."""
        self.times.append(monotonic())
        return self.inner.send(user_id, told) if self.inner else Sent(f"m{len(self.times)}")


def peak_mib() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def plan(runtime: Runtime, announcement_id: int) -> dict[str, float]:
    """Write all recipients down."""
    announcer = build_announcer(runtime)
    steps = Steps(runtime, announcer.roads)
    with runtime.engine.connect() as connection:
        found = announcement_by_id(connection, announcement_id)
    assert found is not None
    began = perf_counter()
    steps.plan(found)  # the first batch: pools and statements are warm
    early = peak_mib()
    while steps.plan(found):
        pass
    return {"seconds": perf_counter() - began, "first": early, "last": peak_mib()}


def drain(runtime: Runtime, _announcement_id: int) -> dict[str, float]:
    """Send to everybody, as the worker does."""
    announcer = build_announcer(runtime)
    began, cpu = perf_counter(), cpu_seconds()
    while announcer.turn():
        pass
    took = {"seconds": perf_counter() - began, "cpu": cpu_seconds() - cpu}
    announcer.stop()
    return took


def _timed(runtime: Runtime, through: bool) -> tuple[Announcer, Timed]:
    announcer = build_announcer(runtime)
    timed = Timed(announcer.roads.channel if through else None)
    announcer.roads.channel = cast(AnnouncementChannel, timed)
    return announcer, timed


def cap(runtime: Runtime, _announcement_id: int) -> dict[str, float]:
    """At the ceiling: the most in any 60 s, and the rate once the first minute is over."""
    announcer, timed = _timed(runtime, through=False)
    began = monotonic()
    while monotonic() - began < CAP_SECONDS:
        announcer.turn()
    times = timed.times
    announcer.stop()
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - 60.0:
            first += 1
        most = max(most, last - first + 1)
    steady = [at for at in times if began + 65.0 <= at < began + CAP_SECONDS - 5.0]
    rate = len(steady) / (CAP_SECONDS - 70.0) * 60.0
    return {"most": most, "rate": rate, "used": rate / ZALOS_CAP}


def stop(runtime: Runtime, announcement_id: int) -> dict[str, float]:
    """From the press of the button to the last message that begins, and how many that were."""
    announcer, timed = _timed(runtime, through=True)
    pressed: list[float] = []

    def press() -> None:
        with runtime.engine.begin() as connection:
            found = announcement_by_id(connection, announcement_id)
            assert found is not None
            assert move(connection, found, State.STOPPED, {"finished_at": runtime.now()})
        pressed.append(monotonic())

    button = threading.Timer(STOP_AFTER, press)
    button.start()
    while announcer.turn() or not pressed:
        pass
    ended = monotonic()
    announcer.stop()
    after = [at for at in timed.times if at > pressed[0]]
    last = max(after, default=pressed[0])
    return {"last": last - pressed[0], "after": len(after), "still": ended - pressed[0]}


MODES: dict[str, Callable[[Runtime, int], dict[str, float]]] = {
    "plan": plan,
    "drain": drain,
    "cap": cap,
    "stop": stop,
}


def main() -> None:
    """Do what the command line says and tell it on standard output."""
    mode, url, announcement_id = sys.argv[1], sys.argv[2], int(sys.argv[3])
    configure_logs()
    settings = load_settings({**os.environ, "ZALO_OPENAPI_URL": url})
    if mode != "cap":
        settings = without_ceiling(settings)
    runtime = build_runtime(settings, pool_size=4)
    print(json.dumps(MODES[mode](runtime, announcement_id)))


if __name__ == "__main__":
    main()
