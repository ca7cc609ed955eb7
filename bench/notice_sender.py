"""One process that sends notices, measured from inside:

python -m bench.notice_sender bare|ours|shares URL COUNT AT

It begins at the moment AT of the machine's monotonic clock, so that two can begin together, and
prints one JSON object; CPU is that of the sending alone, without the imports.
"""

import json
import os
import queue
import sys
import threading
from time import monotonic, sleep, thread_time

import requests

from bench.notice_carrier import TEMPLATE
from bench.sender import cpu_seconds
from bench.servers import without_ceiling
from bench.shares import Shares, shared_out
from bot.channels.zalo_body import compact_json
from bot.logs import configure_logs
from bot.notify import THREADS, build_notifier
from bot.runtime import Runtime, build_runtime
from bot.settings import load_settings

FIELDS = {
    "ma_ho_so": "H56.14-240823-0001",
    "co_quan": "Ủy ban nhân dân xã Nga Sơn",
    "ngay_hen": "04/12/2026",
    "trang_thai": "Đã tiếp nhận",
}


def bare(url: str, count: int, at: float) -> dict[str, float]:
    """A pool of threads, a requests session each, one POST a notice."""
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(count):
        todo.put(number)
    headers = {"access_token": "0" * 120, "Content-Type": "application/json"}

    def work() -> None:
        with requests.Session() as session:
            while True:
                try:
                    number = todo.get_nowait()
                except queue.Empty:
                    return
                body = {
                    "phone": f"84905{number:06d}",
                    "template_id": "412230",
                    "template_data": FIELDS,
                    "tracking_id": f"{number:032d}",
                }
                answer = session.post(
                    url + TEMPLATE,
                    data=compact_json(body).encode(),
                    headers=headers,
                    timeout=(3, 6),
                )
                assert answer.json()["error"] == 0

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    sleep(max(0.0, at - monotonic()))
    began, cpu = monotonic(), cpu_seconds()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"began": began, "ended": monotonic(), "cpu": cpu_seconds() - cpu}


def ours(runtime: Runtime, at: float) -> dict[str, float]:
    """The notice lane's notifier as the worker turns it, until nothing is due."""
    notifier = build_notifier(runtime)
    sleep(max(0.0, at - monotonic()))
    began, cpu, own = monotonic(), cpu_seconds(), thread_time()
    while notifier.turn():
        pass
    took = {
        "began": began,
        "ended": monotonic(),
        "cpu": cpu_seconds() - cpu,
        "main_cpu": thread_time() - own,
    }
    notifier.stop()
    return took


def main() -> None:
    """Do what the command line says and tell it on standard output."""
    kind, url, count, at = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    if kind == "bare":
        print(json.dumps(bare(url, count, at)))
        return
    configure_logs()
    runtime = build_runtime(without_ceiling(load_settings(os.environ)), pool_size=4)
    if kind == "ours":
        print(json.dumps(ours(runtime, at)))
        return
    shares = Shares()
    told = ours(shared_out(runtime, shares), at)
    print(json.dumps({**told, "http": shares.http, "database": shares.database}))


if __name__ == "__main__":
    main()
