"""Which older code may work on a newer schema, told by its name alone."""

import pytest

from bot.core.schema import Revision


@pytest.mark.parametrize(
    ("present", "code", "works"),
    [
        ("0014", "0014", True),
        ("0013", "0014", False),  # to be migrated first
        ("0015", "0014", True),  # only added
        ("0015_needs_0014", "0014", True),
        ("0016_needs_0015", "0014", False),  # took away what 0014's code needs
        ("0017_needs_0015", "0016_needs_0015", True),
        ("0017_needs_0016", "0016_needs_0015", True),
        ("0017_needs_0017", "0016_needs_0015", False),
        ("something else", "0014", False),
        ("0014", "something else", False),
    ],
)
def test_older_code_starts_where_nothing_it_needs_was_taken_away(
    present: str, code: str, works: bool
) -> None:
    assert Revision(present).serves(code) is works
