"""What a province or the country needs: python -m scripts.capacity [--people N] [--peak N].

Reckons with bench/capacity.toml. Prints a Markdown table, one column a size.
"""

import argparse
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "bench" / "capacity.toml"
PARTS = ("web", "worker", "database", "redis")
PROVINCES = 34
# Each by its people, and how many houses serve it: each province has its own.
SIZES = (
    ("a town", 100_000, 1),
    ("one province", 4_000_000, 1),
    ("the country", 100_000_000, PROVINCES),
)


@dataclass(frozen=True, slots=True)
class Need:
    """What one size takes at its worst hour, and in a year.

    Units: calls and cores at the worst hour; GB and đồng a year.
    """

    name: str
    people: int
    questions: float
    changes: float
    cores: Mapping[str, float]
    zalo_share: float
    gigabytes: float
    message_dong: float
    machine_dong: float

    @property
    def all_cores(self) -> float:
        """Of every part together."""
        return sum(self.cores.values())


def need(name: str, people: int, houses: int, model: Mapping[str, Any]) -> Need:
    """Reckon one size, spread evenly over so many houses."""
    said, costs = model["assumed"], model["costs"]
    dossiers = people * said["dossiers_a_person_a_year"]
    seconds = said["working_days"] * said["working_hours"] * 3600
    a_second = dossiers / seconds * said["peak"]
    questions = a_second * said["questions_a_dossier"]
    changes = a_second * said["changes_a_dossier"]
    few = min(questions, houses * costs["few"])
    cores = {
        part: (
            houses * costs["idle"][part]
            + few * costs["question_of_few"][part]
            + (questions - few) * costs["question_of_many"][part]
            + changes * costs["change"][part]
        )
        / 1000
        / said["busy"]
        for part in PARTS
    }
    notices = dossiers * said["changes_a_dossier"]
    by_sms = notices * said["share_by_sms"] * said["dong_an_sms_part"]
    by_template = notices * said["share_by_template"] * said["dong_a_template"]
    asked = dossiers * said["questions_a_dossier"]
    size = model["bytes"]
    return Need(
        name,
        people,
        questions,
        changes,
        cores,
        (questions + changes * (1 - said["share_by_sms"])) * 60 / said["zalo_calls_a_minute"],
        (dossiers * size["dossier"] + notices * size["change"] + asked * size["question"]) / 1e9,
        by_sms + by_template,
        houses
        * sum(ceil(one / houses) for one in cores.values())
        * said["dong_a_core_a_month"]
        * 12,
    )


def table(needs: Sequence[Need]) -> str:
    """The needs side by side."""
    rows = [
        ["", *(one.name for one in needs)],
        ["---", *("---:" for _ in needs)],
        ["people", *(f"{one.people:,}" for one in needs)],
        ["questions a second, worst hour", *(f"{one.questions:,.1f}" for one in needs)],
        ["changes a second, worst hour", *(f"{one.changes:,.1f}" for one in needs)],
        *([f"cores, {part}", *(f"{one.cores[part]:,.2f}" for one in needs)] for part in PARTS),
        ["cores together", *(f"{one.all_cores:,.1f}" for one in needs)],
        ["of one account's Zalo cap", *(f"{one.zalo_share:.0%}" for one in needs)],
        ["disk a year, GB", *(f"{one.gigabytes:,.0f}" for one in needs)],
        ["messages a year, million đồng", *(f"{one.message_dong / 1e6:,.0f}" for one in needs)],
        ["machines a year, million đồng", *(f"{one.machine_dong / 1e6:,.0f}" for one in needs)],
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m scripts.capacity", description=__doc__)
    parser.add_argument("--people", type=int, help="of one size alone")
    parser.add_argument("--peak", type=float, help="the worst hour over the average one")
    asked = parser.parse_args(arguments)
    model = tomllib.loads(FILE.read_text(encoding="utf-8"))
    if asked.peak:
        model["assumed"]["peak"] = asked.peak
    sizes = (("", asked.people, 1),) if asked.people else SIZES
    print(table([need(name, people, houses, model) for name, people, houses in sizes]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
