"""What each text is for, where it is read, and whether the province may change its words."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

USES = Path(__file__).with_name("uses.toml")
NOWHERE = "Câu này chưa được xếp vào nhóm nào nên chưa đổi được từ trang này."
# What a consent is written down with holds no more (the column of the table `consent`).
MOST_CONSENT = 1000


@dataclass(frozen=True, slots=True)
class Use:
    """One text's use.

    Shape: `seen` is where it is read (zalo, sms, page, button, paper, template); `most` its
           characters at its longest; `keep` words that must stay; `consent` tells that citizens
           agree by these words; `why` stands where it may not be changed, else "".
    """

    key: str
    when: str
    seen: tuple[str, ...]
    most: int
    why: str = ""
    keep: tuple[str, ...] = ()
    consent: bool = False

    @property
    def open(self) -> bool:
        """Whether the province may change it."""
        return not self.why

    @property
    def one_line(self) -> bool:
        """Whether a line break would be lost, or break what it stands in."""
        return not {"zalo"} & set(self.seen)


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that are for the same thing."""

    title: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Uses:
    """All groups; `longest` are characters of what fills a placeholder."""

    groups: Sequence[Group]
    by_key: Mapping[str, Use]
    longest: Mapping[str, int]

    def of(self, key: str) -> Use:
        """The use of a text; one that stands in no group may not be changed."""
        return self.by_key.get(key) or Use(key, "", ("zalo",), 2000, NOWHERE)


@cache
def load_uses(place: Path = USES) -> Uses:
    """Read the file of uses; once a process."""
    told = tomllib.loads(place.read_text(encoding="utf-8"))
    groups = [Group(one["title"], tuple(_uses(one, told))) for one in told["group"]]
    by_key = {use.key: use for group in groups for use in group.uses}
    return Uses(groups, by_key, told["longest"])


def _uses(group: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Use]:
    for kind in ("open", "fixed"):
        for key, when in group.get(kind, {}).items():
            yield Use(
                key=key,
                when=when,
                seen=tuple(group["seen"]),
                most=told["room"].get(key, group["most"]),
                why=group.get("why", NOWHERE) if kind == "fixed" else "",
                keep=tuple(told["keep"].get(key, ())),
                consent=key in told["consent"],
            )
