"""Invitation codes: typed into the chat to join a group, made so that nobody guesses one."""

import re
import unicodedata
from enum import StrEnum

# Without letters and digits that are taken for one another.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
GROUP = 4
HEAD = "MOI"
_CODE = re.compile(rf"{HEAD}-([{LETTERS}]{{4}})-?([{LETTERS}]{{4}})")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


class Purpose(StrEnum):
    """What a code opens."""

    OFFICIAL = "official"  # a group of officials
    TESTER = "tester"  # the chats that test sends go to


def read_invitation(text: str) -> str | None:
    """The code of a text that is nothing but one ("moi-7kq4-m2xp"); None for any other text."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    found = _CODE.fullmatch("".join(plain.split()).upper().strip(".,;!"))
    return f"{HEAD}-{found[1]}-{found[2]}" if found else None


def shape_invitation(letters: str) -> str:
    """A code of eight letters as it is shown and typed."""
    return f"{HEAD}-{letters[:GROUP]}-{letters[GROUP:]}"
