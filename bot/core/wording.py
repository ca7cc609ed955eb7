"""What a text said when: its wordings one after the other, and which of them was told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """Where a wording comes from."""

    SHIPPED = "shipped"  # with the product, or with a newer version of it
    CHANGED = "changed"  # the province wrote it
    RESTORED = "restored"  # the province wished the shipped words back


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a text's words; `login` is "" where nobody of the staff wrote it."""

    key: str
    version: int
    source: Source
    words: str
    digest: str
    since: datetime
    login: str
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """A wording that citizens were told from `since` on, until `until`; None: still."""

    wording: Wording
    since: datetime
    until: datetime | None


def told(wordings: Sequence[Wording], usable: Callable[[str, str], bool]) -> list[Told]:
    """What was told of one text, oldest first.

    Shape: `wordings` of one key by version; `usable` says whether changed words could be said
           in place of the shipped ones of then: words that could not were never told.
    """
    steps = list(_steps(wordings, usable))
    ends = [since for _, since in steps[1:]]
    return [
        Told(wording, since, until)
        for (wording, since), until in zip(steps, [*ends, None], strict=True)
    ]


def _steps(
    wordings: Sequence[Wording], usable: Callable[[str, str], bool]
) -> Iterator[tuple[Wording, datetime]]:
    shipped: Wording | None = None
    changed: Wording | None = None
    before = ""
    for one in wordings:
        if one.source is Source.CHANGED:
            changed = one
        elif one.source is Source.RESTORED:
            changed = None
        else:
            shipped = one
        if shipped is None:
            continue
        said = changed if changed and usable(changed.words, shipped.words) else shipped
        if said.words != before:
            before = said.words
            yield said, one.since


def on_day(periods: Sequence[Told], begins: datetime, ends: datetime) -> list[Told]:
    """What was told at any time from `begins` to before `ends`."""
    return [
        one for one in periods if one.since < ends and (one.until is None or one.until > begins)
    ]
