"""Benchmarks: python -m bench [NAME…] [--full] [--save].

Each figure stands beside a floor that was measured in the same run, because the machine drifts.
The measured program has a core to itself; load, servers and carrier share the others (not where
the whole house is measured). `--full` looks up among 5 million dossiers instead of 500,000;
`--save` writes the table to bench/RESULTS.md with the machine, the date and the command.
"""

import argparse
import platform
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench import (
    announcements,
    apology,
    backlog,
    books,
    capacity,
    feed_changes,
    find,
    lookup,
    memory,
    notice_whole,
    notices,
    photos,
    reading,
    replies,
    slips,
    sms_inbound,
    stamp,
    status_page,
    webhook,
    whole,
    worst_day,
)
from bench.row import Row, as_table
from bench.servers import Servers

METHOD = """
How to read it: ratios count, not absolutes, for the machine drifts by a quarter and more between
minutes; product and floor are measured in turns.

- *webhook*: one gunicorn gthread process of 8 threads alone on one core; load (16 kept-alive
  sockets, every call a new event), database and Redis on the others; ratio and p99 are medians
  of 7 and 3 rounds. At 200/s the calls come evenly, and waiting for a free socket counts.
- *event stored → reply*: two web processes, the worker with its three lanes, Redis, database and a
  carrier of 100 ms, all cores for all; from the webhook's 200 to the request's arrival at the
  carrier, 250 questions about a known dossier, one at a time.
- *replies of one worker process*: the chat lane's pump as the worker turns it, 64 threads, against
  64 threads with a `requests` session each that post the same bytes; CPU is the process's
  `getrusage`. Bookkeeping is the pump thread's CPU from the pool's checkout to the end of the
  commit, of every claiming and recording transaction.
- *claim and record*: wall time of these transactions, a channel that answers at once.
- *memory*: resident memory of the pump's process, a channel that answers at once.
- *change told → carrier*: two web processes, the worker with all its lanes, Redis, database and a
  carrier of 100 ms, all cores for all; from the feed call's beginning (one dossier becomes a
  result) to the request's arrival at the carrier, one at a time; half of the citizens have proved
  their phone and wrote just now, the others get a template by their phone. The floor is a call of
  a bare view and then a bare POST to the carrier.
- *notices of one worker process*: the notice lane's notifier as the worker turns it, 128 threads,
  templates by phone, on a core alone, against 128 threads with a `requests` session each that
  post the same bodies. Two processes have a core each, while carrier, database and load go where
  there is room; the floor beside them says what two bare pools reach so.
- *HTTP client, database, our code*: CPU of the calling thread (`thread_time`) inside
  `requests.Session.send`, and inside every function of bot.store with BEGIN and COMMIT; the rest
  of the process's `getrusage` is our code. Measured in a run of its own. The database server's
  CPU is that of its processes while one sender works.
- *a feed of changed dossiers*: one signed call over HTTP to the web processes; the median of three
  changes of the same 5,000 dossiers, each of which owes a notice. The floor is one transaction of
  5,000 upserts and 5,000 inserts (`executemany`) in the same database.
- *apology selection*: which of a million open dossiers get the evening's apology, batch by batch.
- *inbound SMS*: a question about a known dossier by eSMS and 1pay in turn, one in eight a repeat,
  to one gunicorn process; calls come evenly, and waiting for a free socket counts.
- *counter: find*: a million dossiers of 120 desks, 50,000 people whose names are as common as in
  life; half of the searches are a desk's, half the whole province's. Names are typed whole, without
  the family name, or as the given name alone.
- *slips*: CPU of the process, one A5 page, another QR each time; the floor draws the same marks at
  the same places with reportlab's canvas. Memory is a process's resident peak.
- *stamping*: one process that has cut its fonts already, another slip each time, by the clock on
  the wall. The floor opens the same file, lays a page over it that was drawn before, and saves.
- *status page*: one gunicorn process alone on one core, every page of another dossier; the floor
  fills a template of the same size with six values and a list, and asks no database.
- *photos*: the generator of `tests/photos`, a seed that nothing was tuned on; CPU of the process
  with one thread for arithmetic, from the JPEG's bytes, floor and product in turns photo by photo.
- *announcements*: planning is one process that writes a million recipients; draining is the bulk
  lane's announcer as the worker turns it, 64 threads on a core alone, against 64 threads that post
  the same bytes. At the cap the announcer runs for 150 s with the ceiling as it is shipped; what is
  counted begins after 65 s. The stop button is pressed after 3 s of draining; messages that begin
  after its commit are counted. Replies are asked as in *whole*.
- *books*: a year over 200 agencies and 97 procedures, three messages a dossier, spread evenly; each
  page asked 20 times by Flask's test client, log-in and template included. The last days' rows are
  made by the job, the others by SQL in the same form.
- *worst hour*: 2,000,000 dossiers a year, three changes and two questions each, times 20, at the
  pace of the clock; web and worker as they are shipped, all cores for all, the carrier answers
  after 100 ms. A reply's time counts from the moment its question was to be asked.
- *CPU of one question / change*: the processes' own CPU while one kind of load comes alone, less
  what the idle house takes; foretold is what these costs say of two mixed loads.
- The ceiling on calls is asked as always, with a bound that it never reaches. PostgreSQL and
  Redis commit to the disk (fsync on, append-only on).
"""
RESULTS = Path(__file__).with_name("RESULTS.md")
BENCHES: dict[str, Callable[[Servers, bool], list[Row]]] = {
    "webhook": lambda servers, _full: webhook.run(servers),
    "whole": lambda servers, _full: whole.run(servers),
    "replies": lambda servers, _full: replies.run(servers),
    "lookup": lookup.run,
    "backlog": lambda servers, _full: backlog.run(servers),
    "reading": lambda _servers, _full: _reading(),
    "memory": lambda servers, _full: memory.run(servers),
    "notice_whole": lambda servers, _full: notice_whole.run(servers),
    "notices": lambda servers, _full: notices.run(servers),
    "feed_changes": lambda servers, _full: feed_changes.run(servers),
    "apology": lambda servers, _full: apology.run(servers),
    "sms_inbound": lambda servers, _full: sms_inbound.run(servers),
    "status_page": lambda servers, _full: status_page.run(servers),
    "find": lambda servers, _full: find.run(servers),
    "announcements": lambda servers, _full: announcements.run(servers),
    "books": books.run,
    "worst_day": worst_day.run,
    "capacity": capacity.run,
    "slips": lambda _servers, _full: slips.run(),
    "stamp": lambda _servers, _full: stamp.run(),
    "photos": lambda _servers, _full: photos.run(),
}


def _reading() -> list[Row]:
    """The slowest of the worst inputs; bench.reading prints them all."""
    found = reading.measure()
    slowest = max(found, key=lambda one: one.codes_ms[reading.SIZES.index(reading.FULL)])
    steepest = max(found, key=lambda one: one.growth)
    took = slowest.codes_ms[reading.SIZES.index(reading.FULL)]
    return [
        Row(
            f"reading {reading.FULL:,} characters of the worst input ({slowest.name})",
            f"{took:.2f} ms",
            f"normalising it {slowest.floor_ms:.3f} ms",
            f"{slowest.ratio:.1f}",
            "median ≤ 1 ms",
            took <= reading.LIMIT_MS,
        ),
        Row(
            f"… growth from {reading.SIZES[0]} to {reading.FULL:,} characters ({steepest.name})",
            f"{steepest.growth:.2f} × linear",
            bar="linear (≤ 1.25 ×)",
            reached=steepest.growth <= 1.25,
        ),
    ]


def main() -> int:
    """Run what was asked for and print the table; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--full", action="store_true", help="5 million dossiers")
    parser.add_argument("--save", action="store_true", help="write bench/RESULTS.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(BENCHES):
        parser.error(
            f"no such benchmark: {', '.join(sorted(unknown))}; known: {', '.join(BENCHES)}"
        )
    rows: list[Row] = []
    with ExitStack() as stack:
        servers = Servers(stack)
        for name in asked.names or BENCHES:
            print(f"{datetime.now(UTC):%H:%M:%S} {name} …", file=sys.stderr, flush=True)
            rows += BENCHES[name](servers, asked.full)
            if asked.save:
                _save(rows, servers.versions())
    print(as_table(rows))
    return 0 if all(row.reached is not False for row in rows) else 1


def _save(rows: list[Row], versions: str) -> None:
    command = " ".join(["python -m bench", *sys.argv[1:]])
    told = [
        "# Benchmarks",
        "",
        f"- command: `{command}`",
        f"- date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"- machine: {psutil.cpu_count()} cores, {_processor()}, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.system()}",
        f"- Python {platform.python_version()}, {versions}",
        METHOD,
        as_table(rows),
        "",
    ]
    RESULTS.write_text("\n".join(told), encoding="utf-8")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    sys.exit(main())
