"""In which order the files of tests run, so that two workers end together and seldom both wait."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, zip_longest

import pytest

# Folders whose tests mostly wait: for processes that start, die, or come back after a lease.
WAITING = ("tests/concurrency/", "tests/crash/", "tests/journey/")


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Files that wait beside files that reckon, long ones first, those with a browser last.

    Playwright keeps an event loop in its thread once it has begun. Within a file nothing moves.
    """
    files: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[item.nodeid.partition("::")[0]].append(item)
    quiet = [name for name, held in files.items() if not any(map(_has_browser, held))]
    waiting = [name for name in quiet if name.startswith(WAITING)]
    reckoning = sorted(set(quiet) - set(waiting), key=lambda name: (-len(files[name]), name))
    beside = zip_longest(sorted(waiting), reckoning)
    browsing = sorted(
        set(files) - set(quiet),
        key=lambda name: (not name.startswith(WAITING), -len(files[name]), name),
    )
    names = [name for name in chain(chain.from_iterable(beside), browsing) if name]
    return [item for name in names for item in files[name]]


def _has_browser(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ())
