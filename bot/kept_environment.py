"""VAR_DIR/env, the generated settings of a rehearsal: written whole, and never believed when cut.

A half-written file would be worse than none: for a secret that is missing a new one is made, and
with a new FIELD_KEYS nothing that was stored can be read; an address that is missing leads to the
real carrier.
"""

import os
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

HEADER = "# Made by `bot up --sandbox` for rehearsal. Delete with `make reset`.\n"
ENDS = "# Its last line is: # whole\n"
END = "# whole\n"


class CutShort(Exception):
    """The file was not written to its end; it says the name, why, and what to do."""

    def __init__(self, place: Path) -> None:
        self.name = "VAR_DIR/env"
        self.why = f"{place} was cut short, and what is missing cannot be made up"
        self.do = "bring it back from a backup, or drop the rehearsal's data: make reset"
        super().__init__(f"{self.name}: {self.why}; {self.do}")


def kept_environment(place: Path) -> dict[str, str]:
    """What was kept there, without empty values; nothing where there is no file.

    Errors: CutShort. A file of an older version, or written by hand, has no last line of its own:
    there only a broken line tells.
    """
    if not place.is_file():
        return {}
    text = place.read_text(encoding="utf-8", errors="replace")
    lines = list(parse_stream(StringIO(text)))
    values = {one.key: one.value for one in lines if one.key and one.value}
    unfinished = ENDS in text and not text.endswith(END)
    if unfinished or not values or any(one.error for one in lines):
        raise CutShort(place)
    return values


def keep_environment(place: Path, values: Mapping[str, str]) -> None:
    """Write values where every command of this checkout finds them, readable by us alone."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".new")
    told = "".join(f"{name}='{value}'\n" for name, value in sorted(values.items()))
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(HEADER + ENDS + told + END)
        file.flush()
        os.fsync(file.fileno())  # a power cut leaves the old file or the new one
    draft.replace(place)
