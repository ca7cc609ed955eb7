"""`bot up --sandbox --demo`: one command, everything runs, everything ends."""

import os
import signal
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import requests

from tests.journey.live_house import wait
from tests.rig.child import Child, free_port
from tests.rig.tree import CHECKOUT

StartChild = Callable[..., Child]


def up(start_child: StartChild, var_dir: Path, port: int, sandbox: int) -> Child:
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(var_dir),
        "VAR_DIR": str(var_dir),
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox),
    }
    command = [sys.executable, "-m", "bot", "up", "--sandbox", "--demo"]
    return start_child(command, env=surroundings, cwd=CHECKOUT)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def bubbles(sandbox: int) -> list[str]:
    answer = requests.get(f"http://127.0.0.1:{sandbox}/control/messages", timeout=5)
    return [str(one["text"]) for one in answer.json()["messages"] if one["from"] == "oa"]


def ask(house: Child, sandbox: int) -> None:
    """A citizen asks for a demo dossier until the one-stop software has told of it."""
    address = f"http://127.0.0.1:{sandbox}/control/say"

    def told() -> bool:
        before = len(bubbles(sandbox))
        requests.post(address, json={"user": "an", "text": "H32.01-261116-0001"}, timeout=5)
        wait(lambda: len(bubbles(sandbox)) > before, "a reply", house.errors, 20)
        return "hiện đang ở bước" in bubbles(sandbox)[-1]

    wait(told, "the demo dossier", house.errors, 20)


def test_it_starts_keeps_its_children_its_data_and_ends(
    start_child: StartChild, tmp_path: Path
) -> None:
    port, sandbox = free_port(), free_port()
    house = up(start_child, tmp_path, port, sandbox)
    house.wait_for_line(f"http://127.0.0.1:{sandbox}/", timeout=60)
    assert is_ready(port)
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600

    taken = up(start_child, tmp_path / "other", port, free_port())
    assert taken.wait() == 2
    assert [str(port) in line for line in taken.errors().splitlines()] == [True]

    ask(house, sandbox)
    web = next(one for one in children(house) if "gunicorn" in " ".join(one.cmdline()))
    os.killpg(web.pid, signal.SIGKILL)
    wait(lambda: not is_ready(port), "the end of the web", house.errors, 20)
    wait(lambda: is_ready(port), "another web", house.errors, 30)

    assert house.stop(timeout=20) == 0
    assert [listens(port), listens(sandbox), house.processes()] == [False, False, []]

    kept = (tmp_path / "env").read_text()
    again = up(start_child, tmp_path, port, sandbox)
    again.wait_for_line(f"http://127.0.0.1:{sandbox}/", timeout=60)
    assert (tmp_path / "env").read_text() == kept
    assert any("hiện đang ở bước" in text for text in bubbles(sandbox))
    ask(again, sandbox)
    again.signal(signal.SIGINT)
    assert again.wait() == 0
    assert [listens(port), listens(sandbox), again.processes()] == [False, False, []]


def children(house: Child) -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process(house.pid).children()
    return found
