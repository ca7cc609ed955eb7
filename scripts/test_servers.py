"""Sees that the tests find a real Redis, PostgreSQL and Chromium, and installs what it may.

What the machine has is used; else Debian's packages where root can install them; else, for the
servers, the wheels of requirements-dev.txt. Chromium comes out of no wheel: without it this
stops with the one line to type.
"""
# Every command below is written here; no word of it comes from outside.
# ruff: noqa: S603, S607

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.rig.nginx_server import nginx_program
from tests.rig.programs import (
    CHOICE,
    NotHere,
    chromium_program,
    machine_has_postgres,
    machine_has_redis,
    postgres_programs,
    redis_program,
)

LOG_LINES = 10
IN_WHEELS = ("Redis", "PostgreSQL")
# The packages must not start servers of their own on the developer's machine: Debian asks this
# file. It is there only for the length of the installation, and never replaces one that exists.
INSTALL = """
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT INT TERM HUP
    printf '#!/bin/sh\\nexit 101\\n' >"$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@" </dev/null
"""


@dataclass(frozen=True, slots=True)
class Need:
    """One program the tests need, how to see it, and the packages that bring it."""

    name: str
    installed: Callable[[], bool]
    packages: tuple[str, ...]


def has_chromium() -> bool:
    """True when a Chromium starts on this machine."""
    try:
        chromium_program()
    except NotHere:
        return False
    return True


def has_nginx() -> bool:
    """True when an nginx is installed."""
    try:
        nginx_program()
    except NotHere:
        return False
    return True


NEEDS = (
    Need("Redis", machine_has_redis, ("redis-server",)),
    Need("PostgreSQL", machine_has_postgres, ("postgresql",)),
    Need("Chromium", has_chromium, ("chromium-headless-shell", "fonts-noto-core")),
    Need("nginx", has_nginx, ("nginx-light",)),
)


def main() -> int:
    """Install what is missing where that is possible, then name what will be used."""
    from_wheels = os.environ.get(CHOICE) == "wheels"
    wanted = [need for need in NEEDS if need.name not in IN_WHEELS or not from_wheels]
    install([need for need in wanted if not need.installed()])
    try:
        postgres = postgres_programs().folder
        print(f"tests use: {redis_program()}, {postgres}, {chromium_program()}")
    except NotHere as missing:
        print(f"tests: {missing}", file=sys.stderr)
        return 2
    return 0


def install(missing: list[Need]) -> None:
    """Install Debian's packages of what is missing, where root can do so without a question."""
    root = as_root()
    if not missing or root is None:
        return
    run("reading the package lists", [*root, "apt-get", "update"])
    for need in missing:
        command = [*root, "sh", "-c", INSTALL, "install", *need.packages]
        log = run(f"installing {' '.join(need.packages)}", command)
        if not need.installed():  # a failed start script alone leaves the program usable
            print(log, file=sys.stderr, end="")


def as_root() -> list[str] | None:
    """The words before a command that make it root's; None where nobody may be root."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    asked = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True)
    return ["sudo", "-n"] if asked and asked.returncode == 0 else None


def run(what: str, command: list[str]) -> str:
    """Run one step with one line of progress; the last lines of its log."""
    began = time.monotonic()
    print(f"tests: {what} ... ", end="", flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        print(f"{time.monotonic() - began:.0f} s" + (" (failed)" if done.returncode else ""))
        log.seek(0)
        return "".join(log.readlines()[-LOG_LINES:])


if __name__ == "__main__":
    sys.exit(main())
