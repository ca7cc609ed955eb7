"""The make commands with a stand-in for the product: signals, reset, and what is left behind."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import StartChild
from tests.rig.child import Child, wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
# Stands in for `bot up`: ends well when asked to, and leaves a process of another session behind.
STAND_IN = """
import os, signal, subprocess, sys, time
def end(number, frame):
    print("asked to end", flush=True)
    sys.exit(0)
signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("ready", sys.argv[1:], os.environ.get("PORT"), "pid", os.getpid(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of the commands alone, set up already, with the stand-in as its product."""
    folder = tmp_path / "a checkout"
    shutil.copytree(CHECKOUT / "scripts", folder / "scripts")
    shutil.copy(CHECKOUT / "Makefile", folder)
    (folder / "scripts" / "setup").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "bot").mkdir()
    (folder / "bot" / "__main__.py").write_text(STAND_IN, encoding="utf-8")
    return folder


@pytest.fixture
def running(checkout: Path, start_child: StartChild) -> Child:
    """`make run`, ready, with the process that has left its session."""
    child = start_child(["make", "run", "PORT=9123"], cwd=checkout)
    line = child.wait_for_line("ready")
    assert "['up', '--sandbox', '--demo'] 9123" in line
    return child


def interrupt_from_the_terminal(make: Child) -> None:
    os.killpg(make.pid, signal.SIGINT)


def interrupt_make_alone(make: Child) -> None:
    make.signal(signal.SIGINT)


def terminate_make_alone(make: Child) -> None:
    make.signal(signal.SIGTERM)


def hang_up(make: Child) -> None:
    os.killpg(make.pid, signal.SIGHUP)


@pytest.mark.parametrize(
    ("send", "number"),
    [
        (interrupt_from_the_terminal, signal.SIGINT),
        (interrupt_make_alone, signal.SIGINT),
        (terminate_make_alone, signal.SIGTERM),
        (hang_up, signal.SIGHUP),
    ],
)
def test_a_signal_ends_all_that_make_run_started(
    running: Child, send: Callable[[Child], None], number: signal.Signals
) -> None:
    send(running)
    assert running.wait() == -number  # make reports the signal it was ended by
    assert running.output().count("asked to end") == 1
    assert running.processes() == []


def test_nothing_outlives_a_make_that_is_killed(running: Child) -> None:
    running.signal(signal.SIGKILL)
    wait_until(lambda: running.processes() == [], "an end of everything", timeout=10)
    assert "asked to end" in running.output()


def test_nothing_outlives_a_product_that_is_killed(running: Child) -> None:
    product = int(running.wait_for_line("ready").split("pid")[1])
    os.kill(product, signal.SIGKILL)
    assert running.wait() == 2
    assert running.processes() == []


def test_a_failing_product_fails_make(checkout: Path) -> None:
    (checkout / "bot" / "__main__.py").write_text("raise SystemExit(2)", encoding="utf-8")
    assert subprocess.run(["make", "run"], cwd=checkout, capture_output=True).returncode == 2


def reset(checkout: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `make reset` in the checkout with these settings."""
    environment = {name: value for name, value in os.environ.items() if name != "VAR_DIR"}
    return subprocess.run(
        ["make", "-s", "reset"],
        cwd=checkout,
        env=environment | settings,
        capture_output=True,
        text=True,
    )


def data_folder(folder: Path) -> Path:
    """A folder as `bot up` leaves it."""
    (folder / "redis").mkdir(parents=True)
    for name in ("up.lock", "env", "bot.db", "bot.db-wal", "redis/dump.rdb"):
        (folder / name).write_text("SECRET_KEY=x", encoding="utf-8")
    return folder


def test_reset_drops_the_data(checkout: Path) -> None:
    folder = data_folder(checkout / "var")
    assert reset(checkout).returncode == 0
    assert list(folder.iterdir()) == []
    assert "nothing to reset" in reset(checkout).stdout


def test_reset_drops_what_a_migration_alone_has_made(checkout: Path) -> None:
    (checkout / "var").mkdir()
    (checkout / "var" / "bot.db").touch()
    assert reset(checkout).returncode == 0
    assert list((checkout / "var").iterdir()) == []


def test_reset_follows_the_env_file(checkout: Path) -> None:
    folder = data_folder(checkout / "elsewhere")
    (checkout / ".env").write_text('VAR_DIR="elsewhere"  # here\n', encoding="utf-8")
    assert reset(checkout).returncode == 0
    assert list(folder.iterdir()) == []


def test_reset_refuses_while_the_product_runs(checkout: Path) -> None:
    folder = data_folder(checkout / "var")
    with (folder / "up.lock").open("w") as lock:
        lock.write("4711\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = reset(checkout)
    assert refused.returncode == 2
    assert "running" in refused.stderr
    assert "4711" in refused.stderr
    assert (folder / "bot.db").exists()


def test_reset_leaves_what_is_not_ours_in_a_folder_elsewhere(
    checkout: Path, tmp_path: Path
) -> None:
    folder = data_folder(tmp_path / "data")
    (folder / "thesis.odt").write_text("years of work", encoding="utf-8")
    done = reset(checkout, VAR_DIR=str(folder))
    assert [entry.name for entry in folder.iterdir()] == ["thesis.odt"]
    assert "thesis.odt" in done.stdout


@pytest.mark.parametrize("told", ["/", "/etc", "~", "..", ".", "not-there", "strange"])
def test_reset_refuses_a_folder_that_is_not_ours(checkout: Path, told: str) -> None:
    strange = checkout / "strange"
    strange.mkdir()
    (strange / "bot.db").write_text("another program's", encoding="utf-8")
    (checkout / "up.lock").touch()  # even so: the checkout itself is no data folder
    refused = reset(checkout, VAR_DIR=os.path.expanduser(told))
    assert refused.returncode == 2
    assert "VAR_DIR" in refused.stderr or "nothing was deleted" in refused.stderr
    assert (strange / "bot.db").exists()


def test_make_alone_lists_what_can_be_made(checkout: Path) -> None:
    told = subprocess.run(["make"], cwd=checkout, capture_output=True, text=True).stdout
    assert all(f"make {target} " in told for target in ("run", "test", "bench", "reset"))


@pytest.mark.parametrize("version", ["(3, 9, 2)", "(3, 10, 13)"])
def test_an_old_python_is_named_with_what_to_type(
    checkout: Path, tmp_path: Path, version: str
) -> None:
    only = tmp_path / "bin"
    only.mkdir()
    for name in ("sh", "id", "env"):
        (only / name).symlink_to(str(shutil.which(name)))
    (only / "python3").write_text(OLD_PYTHON.format(sys.executable, version), encoding="utf-8")
    (only / "python3").chmod(0o755)
    told = subprocess.run(
        [checkout / "scripts" / "find-python"],
        env={"PATH": str(only)},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 2
    assert "Python 3.11 or newer is needed and Python 3." in told.stderr
    assert "apt-get install" in told.stderr
    assert told.stderr.count("\n") == 1


# A python3 whose version has been turned back.
OLD_PYTHON = """#!/bin/sh
exec {0} -c "import sys; sys.version_info = {1}
exec(sys.argv[1])" "$2"
"""
