"""What guided fuzzing begins with and what it once found: the product keeps its word."""

from pathlib import Path

import pytest

from tests.fuzz.targets.table import TARGETS


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_what_was_found_once_breaks_nothing(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]
    keep = target.watched(tmp_path)
    for data in target.seeds():
        keep(data)
    for place in target.found():
        keep(place.read_bytes())
