"""How many made-up histories a run goes through: few every day, ten times as many when asked.

`make test ARGS=--hypothesis-profile=long` asks.
"""

from hypothesis import settings

LONG = "long"


def examples(every_day: int) -> int:
    """So many, or ten times as many in a long run."""
    return every_day * (10 if settings.get_current_profile_name() == LONG else 1)
