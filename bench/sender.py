"""One process that sends, measured from inside: python -m bench.sender bare|pump|chat|memory URL N.

Prints one JSON object; seconds and CPU are those of the sending alone, without the imports.
"""

import gc
import json
import os
import queue
import resource
import sys
import threading
from collections.abc import Callable
from time import perf_counter

import psutil
import requests

from bench.at_once import AtOnce
from bench.clocked import clocked
from bench.owed import BUTTON, REPLY
from bench.servers import without_ceiling
from bot.ceiling import Ceiling
from bot.channels.zalo_body import message_body
from bot.core.message import Outgoing
from bot.deliver import Pump
from bot.hear import hear
from bot.hold import Hold
from bot.logs import configure_logs
from bot.runtime import Runtime, build_runtime
from bot.settings import load_settings
from bot.work import build_pump

THREADS = 64
FIRST = 10_000  # messages after which memory is looked at for the first time


def cpu_seconds() -> float:
    """User and system time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def bare(url: str, count: int) -> dict[str, float]:
    """A pool of threads, a requests session each, one POST a message."""
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(count):
        todo.put(number)
    address = f"{url}/v3.0/oa/message/cs"
    body = message_body(Outgoing(1, "bare-1", REPLY, (BUTTON,)))
    headers = {"access_token": "0" * 120, "Content-Type": "application/json"}

    def work() -> None:
        with requests.Session() as session:
            while True:
                try:
                    todo.get_nowait()
                except queue.Empty:
                    return
                answer = session.post(address, data=body, headers=headers, timeout=(3, 6)).json()
                assert answer["error"] == 0

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    wall, cpu = perf_counter(), cpu_seconds()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"seconds": perf_counter() - wall, "cpu": cpu_seconds() - cpu}


def sending(runtime: Runtime, before: Callable[[Runtime], int]) -> dict[str, float]:
    """The chat lane's pump as the worker turns it, until nothing is owed."""
    timed, clock = clocked(runtime)
    pump = build_pump(timed, "chat", THREADS)
    wall, cpu = perf_counter(), cpu_seconds()
    while True:
        heard = before(runtime)  # on its own engine: answering is not the pump's bookkeeping
        if not pump.turn() and not heard:
            break
    took = {"seconds": perf_counter() - wall, "cpu": cpu_seconds() - cpu}
    pump.stop()
    return {**took, "books_cpu": clock.cpu, "books_wall": clock.wall}


def memory(runtime: Runtime) -> dict[str, float]:
    """Resident memory after the first and after the last of many messages."""
    channel = AtOnce()
    pump = Pump(runtime, "chat", channel, Ceiling(runtime.settings), Hold(runtime, "zalo"), THREADS)
    began, first = perf_counter(), 0.0
    while pump.turn():
        if not first and channel.taken >= FIRST:
            first = _resident()
    pump.stop()
    seconds = perf_counter() - began
    return {"first": first, "last": _resident(), "taken": channel.taken, "seconds": seconds}


def _resident() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss)


def main() -> None:
    """Do what the command line says and tell it on standard output."""
    kind, url, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if kind == "bare":
        print(json.dumps(bare(url, count)))
        return
    configure_logs()
    settings = without_ceiling(load_settings({**os.environ, "ZALO_OPENAPI_URL": url}))
    runtime = build_runtime(settings, pool_size=4)
    if kind == "memory":
        told = memory(runtime)
    else:
        told = sending(runtime, hear if kind == "chat" else lambda _runtime: 0)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
