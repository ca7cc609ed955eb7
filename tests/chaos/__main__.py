"""A campaign of any length: python -m tests.chaos [--seconds N] [--seed S] [--database KIND]."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.campaign import run
from tests.chaos.day import run_day
from tests.chaos.ground import on_postgres, on_sqlite
from tests.chaos.house import ChaosHouse
from tests.chaos.judge import Verdict
from tests.rig.child import Child


def main() -> int:
    """Run on one or both databases; 1 when the house broke its word."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="how long each storm lasts")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the blows")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--webs", type=int, default=2, help="web servers, of two processes each")
    parser.add_argument("--workers", type=int, default=4, help="workers, of four lanes each")
    parser.add_argument("--day", action="store_true", help="a province's day instead of a storm")
    asked = parser.parse_args()
    ChaosHouse.kind = Child  # each life begins as a province's does
    both = ("postgresql", "sqlite")
    bad = 0
    for kind in both if asked.database == "both" else (asked.database,):
        ground = on_postgres if kind == "postgresql" else on_sqlite
        with (
            tempfile.TemporaryDirectory() as folder,
            ground(Path(folder), asked.webs, asked.workers) as here,
        ):
            what = "a day" if asked.day else f"{asked.seconds:g} s"
            print(f"{kind}, seed {asked.seed}, {what}, {asked.webs} web x {asked.workers} workers")
            verdict = run_day(here, asked.seed) if asked.day else run(
                here, asked.seconds, asked.seed
            )  # fmt: skip
        tell(verdict)
        bad += len(verdict.faults)
    return 1 if bad else 0


def tell(verdict: Verdict) -> None:
    """Print what was done and found."""
    print(f"  {verdict.asked} questions, {verdict.told} changes, {verdict.struck.total()} faults:")
    for name, count in sorted(verdict.struck.items()):
        print(f"    {count:4} {name}")
    print(f"  lost {verdict.lost}; where a carrier's answer was lost: marked unsure "
          f"{verdict.unsure} (of these on no phone {verdict.unsure_untold}), answered twice "
          f"{verdict.answered_twice}, told twice {verdict.told_twice}")  # fmt: skip
    print(f"  timed jobs run {verdict.runs}, taken over from the dead {verdict.taken_over}, side "
          f"by side in a jump of a clock {verdict.in_a_jump}")  # fmt: skip
    print(f"  processes restarted {verdict.restarted}, most files held {verdict.most_handles}, "
          f"long lives looked at {verdict.lives}")  # fmt: skip
    print(f"  broken promises: {len(verdict.faults)}")
    print("".join(f"    {fault}\n" for fault in verdict.faults), end="", flush=True)


if __name__ == "__main__":
    sys.exit(main())
