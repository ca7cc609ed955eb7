"""Guided fuzzing: python -m tests.fuzz [--target NAME…] [--seconds N].

Each target runs in a process of its own until its time is over. An input that broke a promise is
kept in tests/fuzz/found/<target>/, where the suite plays it again; the target then goes on with the
time that is left. What was learnt stays in VAR_DIR/fuzz/<target>/ for the next run.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.fuzz.openapi import fuzz_addresses
from tests.fuzz.target import FOUND, Target
from tests.fuzz.targets.table import TARGETS
from tests.rig.tree import CHECKOUT

OPENAPI = "openapi"  # the addresses of feeds and console, driven by schemathesis
_STATUS = re.compile(r"#(\d+)\s+(?:\w+)\s+cov: (\d+)(?: ft: (\d+))?")
_LINES = 40  # of a broken promise that are shown


@dataclass(slots=True)
class Told:
    """What came of one target. Shape: `kept` are the inputs that broke its promise."""

    name: str
    seconds: float = 0.0
    executions: int = 0
    coverage: int = 0
    corpus: int = 0
    kept: int = 0


def main() -> int:
    """Run the targets one after the other; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    names = [*TARGETS, OPENAPI]
    parser.add_argument("--target", nargs="*", choices=names, default=names)
    parser.add_argument("--seconds", type=float, default=300, help="for each target")
    asked = parser.parse_args()
    told = []
    for name in asked.target or names:
        if name == OPENAPI:
            told.append(_addresses(asked.seconds))
        else:
            told.append(fuzz(TARGETS[name], asked.seconds))
        print(_line(told[-1]), flush=True)
    return 1 if any(one.kept for one in told) else 0


def fuzz(target: Target, seconds: float) -> Told:
    """Fuzz one target for so many seconds, over every broken promise on the way."""
    told = Told(target.name)
    learnt = Path(os.environ.get("VAR_DIR", CHECKOUT / "var")) / "fuzz" / target.name
    learnt.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        begun = _begin(target, folder)
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 1:
            output = _run(target, folder, [learnt, begun], left)
            loaded = folder / "loaded"
            told.seconds += time.time() - loaded.stat().st_mtime if loaded.exists() else 0.0
            _count(told, output)
            if not _keep(target, folder, told, output):
                break
    told.corpus = sum(1 for _ in learnt.iterdir())
    return told


def _begin(target: Target, folder: Path) -> Path:
    """Write the seeds, what was found before, and the words down as libFuzzer reads them."""
    begun = folder / "seeds"
    begun.mkdir()
    for data in [*target.seeds(), *(place.read_bytes() for place in target.found())]:
        (begun / sha256(data).hexdigest()[:16]).write_bytes(data)
    lines = ["".join(f"\\x{byte:02x}" for byte in word.encode()) for word in target.words if word]
    (folder / "words").write_text("".join(f'"{line}"\n' for line in lines), encoding="ascii")
    return begun


def _run(target: Target, folder: Path, corpora: Sequence[Path], seconds: float) -> str:
    state = folder / "state"
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir()
    command = [
        sys.executable, "-m", "tests.fuzz.guide", target.name, state,
        f"-max_total_time={max(1, int(seconds))}", f"-max_len={target.most_bytes}",
        f"-timeout={int(target.seconds * 5)}", f"-rss_limit_mb={target.mib}",
        f"-artifact_prefix={folder}/broken-", "-print_final_stats=1",
        *([f"-dict={folder / 'words'}"] if target.words else []), *corpora,
    ]  # fmt: skip
    done = subprocess.run(
        list(map(str, command)), cwd=CHECKOUT, capture_output=True, text=True, errors="replace",
        check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def _count(told: Told, output: str) -> None:
    for number, coverage, _features in _STATUS.findall(output)[-1:]:
        told.executions += int(number)
        told.coverage = max(told.coverage, int(coverage))


def _keep(target: Target, folder: Path, told: Told, output: str) -> bool:
    """Keep what broke the promise; False when nothing did, or when it is known already."""
    broken = sorted(folder.glob("broken-*"))
    if not broken:
        if "DONE" not in output and "Done " not in output:
            print(output[-4_000:], file=sys.stderr)
            told.kept += 1
        return False
    place = FOUND / target.name
    place.mkdir(parents=True, exist_ok=True)
    fresh = 0
    for one in broken:
        data = one.read_bytes()
        kept = place / sha256(data).hexdigest()[:16]
        fresh += not kept.exists()
        kept.write_bytes(data)
        one.unlink()
    told.kept += len(broken)
    _, _, why = output.partition("Uncaught Python exception")
    lines = (why or output[-2_000:]).splitlines()[:_LINES]
    print("\n".join([f"-- {target.name}", *lines]), file=sys.stderr, flush=True)
    return bool(fresh)


def _addresses(seconds: float) -> Told:
    began = time.monotonic()
    calls, faults = fuzz_addresses(seconds)
    print("".join(f"{fault}\n" for fault in faults), file=sys.stderr, end="")
    return Told(OPENAPI, time.monotonic() - began, calls, kept=len(faults))


def _line(told: Told) -> str:
    rate = told.executions / max(told.seconds, 0.001)
    return (
        f"{told.name:<11} {told.seconds:5.0f} s  {told.executions:>9,} executions ({rate:,.0f}/s)  "
        f"coverage {told.coverage:,}  corpus {told.corpus:,}  broken {told.kept}"
    )


if __name__ == "__main__":
    sys.exit(main())
