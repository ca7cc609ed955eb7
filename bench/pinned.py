"""Runs a program on some cores only: python -m bench.pinned 0 program argument…"""

import os
import sys
from collections.abc import Collection


def cores_of_subject() -> set[int]:
    """The core for the measured program; all there are on a machine with one."""
    return {min(ALL_CORES)}


def cores_of_others() -> set[int]:
    """The cores for load, servers and carrier while a program is measured alone."""
    return set(ALL_CORES) - cores_of_subject() or set(ALL_CORES)


def pinned(cores: Collection[int], command: list[str]) -> list[str]:
    """The command line that runs `command` on these cores."""
    wanted = ",".join(map(str, sorted(cores)))
    return [sys.executable, "-m", "bench.pinned", wanted, *command]


ALL_CORES = frozenset(os.sched_getaffinity(0))

if __name__ == "__main__":
    os.sched_setaffinity(0, {int(core) for core in sys.argv[1].split(",")})
    os.execvp(sys.argv[2], sys.argv[2:])
