"""`python -m sandbox` as a program: start, signals, exit codes."""

import os
import signal
import socket
import subprocess
import sys

import pytest


def begin(**environ: str) -> subprocess.Popen[str]:
    """Start the sandbox as a program."""
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox"],
        env={"PATH": os.environ["PATH"]} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    program = begin(SANDBOX_PORT="0")
    assert program.stdout is not None
    assert program.stdout.readline().startswith("sandbox: http://127.0.0.1:")
    program.send_signal(number)
    _, errors = program.communicate(timeout=10)
    assert (program.returncode, errors) == (0, "")


def test_a_taken_port_is_one_line_and_exit_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        _, errors = (program := begin(SANDBOX_PORT=port)).communicate(timeout=10)
    assert program.returncode == 2
    assert len(errors.splitlines()) == 1
    assert port in errors
    assert "SANDBOX_PORT" in errors


def test_all_wrong_settings_are_named_in_one_line() -> None:
    program = begin(SANDBOX_PORT="many", SANDBOX_FEED_URL="there", SANDBOX_FEED_KEY_ID="f1")
    _, errors = program.communicate(timeout=10)
    assert program.returncode == 2
    assert len(errors.splitlines()) == 1
    for name in ("SANDBOX_PORT", "SANDBOX_FEED_URL", "SANDBOX_FEED_SECRET"):
        assert name in errors
