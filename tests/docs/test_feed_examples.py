"""The clients shown in docs/feed.md do what the document says."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.runtime import shifted_clock
from tests.make import make_runtime
from tests.webhooks.feeding import make_feeder, served

DOCUMENT = Path(__file__).parents[2] / "docs" / "feed.md"


def example(language: str) -> str:
    """The one block of the document in this language."""
    [block] = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.S | re.M)
    return str(block)


@pytest.fixture
def surroundings(sqlite_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the document says is in the environment, beside a file of dossiers."""
    feeder = make_feeder(make_runtime(sqlite_url, now=shifted_clock(0)))
    (tmp_path / "dossiers.json").write_text(example("json"), "utf-8")
    with served(feeder.runtime) as address:
        yield {
            "PATH": os.environ["PATH"],
            "FEED_URL": f"{address}/feeds/v1/dossiers",
            "FEED_KEY": feeder.key.id,
            "FEED_SECRET": feeder.key.secret,
        }


def run(command: list[str], place: Path, surroundings: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=place, env=surroundings, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_curl_example_is_answered_with_a_new_dossier(
    tmp_path: Path, surroundings: dict[str, str]
) -> None:
    said = run(["sh", "-eu", "-c", example("sh")], tmp_path, surroundings)
    assert '"outcome":"new"' in said.replace(" ", "")


def test_the_python_example_sends_gzip_and_prints_each_outcome(
    tmp_path: Path, surroundings: dict[str, str]
) -> None:
    (tmp_path / "client.py").write_text(example("python"), "utf-8")
    first = run([sys.executable, "client.py"], tmp_path, surroundings)
    again = run([sys.executable, "client.py"], tmp_path, surroundings)
    assert first.split() == ["000.00.17.H32-261122-0001", "new"]
    assert again.split() == ["000.00.17.H32-261122-0001", "repeat"]


def test_the_python_example_repeats_what_the_feed_says_is_wrong(
    tmp_path: Path, surroundings: dict[str, str]
) -> None:
    (tmp_path / "client.py").write_text(example("python"), "utf-8")
    wrong = {**surroundings, "FEED_SECRET": "another"}
    done = subprocess.run(
        [sys.executable, "client.py"],
        cwd=tmp_path,
        env=wrong,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert '401: {"error":"signature"' in done.stderr
