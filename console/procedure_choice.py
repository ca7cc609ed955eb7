"""A procedure chosen by typing: its code, a line of the list, or words of its name."""

from collections.abc import Sequence

from bot.core.counter_procedure import Offered
from receipts.clean import clean, fold

BETWEEN = " – "  # code and name in a line of the list


def line_of(offered: Offered) -> str:
    """A procedure as one line of the list."""
    return f"{offered.rule.code}{BETWEEN}{offered.rule.name}"


def chosen_code(offered: Sequence[Offered], typed: str) -> str | None:
    """The code of the one procedure that was typed; None when that is none or not sure."""
    code = typed.split(BETWEEN, 1)[0].strip().casefold()
    for one in offered:
        if one.rule.code.casefold() == code:
            return one.rule.code
    found = matching(offered, typed)
    return found[0].rule.code if typed.strip() and len(found) == 1 else None


def matching(offered: Sequence[Offered], typed: str) -> list[Offered]:
    """The procedures in whose code or name every typed word stands, accents left aside."""
    words = fold(clean(typed)).split()
    return [one for one in offered if all(word in fold(clean(line_of(one))) for word in words)]
