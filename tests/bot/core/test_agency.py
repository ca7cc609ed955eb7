"""An agency's family."""

import pytest

from bot.core.agency import family

PARENTS = {"A": None, "B": "A", "C": "B", "D": "A", "E": None, "ring1": "ring2", "ring2": "ring1"}


@pytest.mark.parametrize(
    ("head", "codes"),
    [
        ("A", {"A", "B", "C", "D"}),
        ("B", {"B", "C"}),
        ("E", {"E"}),
        ("unknown", set()),
        ("ring1", {"ring1", "ring2"}),  # written by hand into the database: still an end
    ],
)
def test_a_family_is_the_agency_and_all_below(head: str, codes: set[str]) -> None:
    assert family(PARENTS, head) == codes
