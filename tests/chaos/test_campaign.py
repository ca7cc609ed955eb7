"""The short form of the fault campaign; `make chaos` runs the long one."""

from pathlib import Path

from tests.chaos.campaign import run
from tests.chaos.ground import on_postgres, on_sqlite

SECONDS = 10.0


def test_a_storm_loses_nothing_and_repeats_nothing_on_sqlite(tmp_path: Path) -> None:
    with on_sqlite(tmp_path) as ground:
        verdict = run(ground, SECONDS, seed=61)
    assert verdict.faults == []
    assert verdict.asked > SECONDS
    assert verdict.told > SECONDS


def test_a_storm_loses_nothing_and_repeats_nothing_on_postgresql(tmp_path: Path) -> None:
    with on_postgres(tmp_path, webs=1, workers=2) as ground:
        verdict = run(ground, SECONDS, seed=12)
    assert verdict.faults == []
    assert verdict.asked > SECONDS
    assert verdict.told > SECONDS
    assert verdict.runs
