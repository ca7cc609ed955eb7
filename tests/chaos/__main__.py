"""A campaign of any length: python -m tests.chaos [--seconds N] [--seed S] [--database KIND]."""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.campaign import run
from tests.rig.postgres_server import PostgresServer
from tests.rig.redis_server import RedisServer


def main() -> int:
    """Run on one or both databases; 1 when the house broke its word."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="how long each storm lasts")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the blows")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    asked = parser.parse_args()
    both = ("postgresql", "sqlite")
    bad = 0
    for kind in both if asked.database == "both" else (asked.database,):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            redis = RedisServer()
            stack.callback(redis.close)
            url, postgres = f"sqlite:///{folder / 'bot.db'}", None
            if kind == "postgresql":
                postgres = PostgresServer()
                stack.callback(postgres.close)
                url = postgres.url(postgres.create_database())
            verdict = run(url, redis, folder, asked.seconds, asked.seed, postgres)
        print(f"{kind}, seed {asked.seed}, {asked.seconds:g} s: {verdict.asked} questions, "
              f"{verdict.told} changes, blows {dict(verdict.struck)}")  # fmt: skip
        print(f"  answered twice {verdict.answered_twice}, told twice {verdict.told_twice} "
              f"(each where an answer was lost), faults {len(verdict.faults)}")  # fmt: skip
        print("".join(f"  {fault}\n" for fault in verdict.faults), end="")
        bad += len(verdict.faults)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
