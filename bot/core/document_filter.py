"""What the register of digitised papers and results is narrowed by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.document import Validity

LACKS = "lacking"
STATES: Sequence[str] = (*(str(one) for one in Validity), LACKS)


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents by what they are; what is empty or None asks for nothing.

    Shape: `issuer` is a part of its name; `state` a word of STATES; `since` and `until` bound the
           day of issue, both in.
    """

    procedure: str = ""
    type_code: str = ""
    issuer: str = ""
    kind: str = ""
    source: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
