"""Why a paper is not stamped: in one line for the command, in Vietnamese for the desk."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parents[1] / "data" / "stamping.toml"


class Refusal(StrEnum):
    """The reasons; their words are in stamping.toml."""

    EMPTY = "empty"
    KIND = "kind"
    BROKEN = "broken"
    NO_PAGES = "no_pages"
    NO_SUCH_PAGE = "no_such_page"
    ENCRYPTED = "encrypted"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105  (a reason, not a password)
    LOCKED = "locked"
    SIGNED = "signed"
    PAGE_SIZE = "page_size"
    NO_CODE = "no_code"
    SEVERAL_CODES = "several_codes"
    NO_CODE_AFTER = "no_code_after"
    NO_ROOM = "no_room"
    CORNER_TAKEN = "corner_taken"
    WORDS_MISSING = "words_missing"
    NEAR_TAKEN = "near_taken"
    BOX_TAKEN = "box_taken"
    BOX_SMALL = "box_small"
    BOX_OUTSIDE = "box_outside"
    STAMPED_OTHER = "stamped_other"
    IMAGE_AGAIN = "image_again"
    PIXELS = "pixels"
    FRAMES = "frames"
    ANIMATED = "animated"
    COARSE = "coarse"
    UNREADABLE = "unreadable"
    CRASH = "crash"
    UNKNOWN = "unknown"


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


class StampRefused(Exception):
    """A paper that stays as it is. As text: one line, what came and what to do."""

    def __init__(self, why: Refusal, **facts: object) -> None:
        super().__init__(_words()[why]["told"].format(**facts))
        self.why = why
        self.facts = facts

    @property
    def vietnamese(self) -> str:
        """The same for the people at the desk."""
        return _words()[self.why]["vi"].format(**self.facts)
