"""Loads and renders the catalogue of texts."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VIETNAMESE = Path(__file__).with_name("vi.toml")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class TextFault(Exception):
    """A text that is not in the catalogue, or was given other placeholders than it names."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text: its words, and a sample of what fills its placeholders."""

    words: str
    sample: Mapping[str, str]

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that must be filled in."""
        return _placeholders(self.words)


@cache
def _placeholders(words: str) -> frozenset[str]:
    """Looked for once a text: a notice's words are filled in a thousand times a second."""
    return frozenset(PLACEHOLDER.findall(words))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Texts by key, such as `status.found`."""

    texts: Mapping[str, Text]

    def render(self, key: str, **values: str) -> str:
        """Fill a text in, composed (NFC); raises TextFault for a wrong key or placeholder."""
        text = self.texts.get(key)
        if text is None:
            raise TextFault(f"no text {key!r} in the catalogue")
        if text.placeholders != values.keys():
            raise TextFault(f"{key}: has {sorted(text.placeholders)}, given {sorted(values)}")
        return filled(text.words, values)


def filled(words: str, values: Mapping[str, str]) -> str:
    """Words with their placeholders filled in, composed (NFC); `values` has one for each."""
    # One pass, so that a value containing braces is shown and never filled in again.
    return unicodedata.normalize("NFC", PLACEHOLDER.sub(lambda found: values[found[1]], words))


def load_catalogue(place: Path = VIETNAMESE) -> Catalogue:
    """Read the catalogue's file."""
    sections = tomllib.loads(place.read_text(encoding="utf-8"))
    return Catalogue(
        {
            f"{section}.{name}": Text(entry["text"], entry.get("sample", {}))
            for section, entries in sections.items()
            for name, entry in entries.items()
        }
    )
