"""The texts of citizens as the console shows them: words, example, greatest length, history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.answer import privacy_address
from bot.core.agency import Agency
from bot.core.sms_text import sms_parts, unaccented
from bot.core.wording import Wording
from bot.database import reading
from bot.runtime import Runtime
from bot.sms_lengths import AgencySms, agencies_sms, worst_sms
from bot.store.agencies import all_agencies
from bot.store.wordings import changed_words, wordings_of
from bot.texts.catalogue import Catalogue, Text, filled
from bot.texts.changed import named, with_changes
from bot.texts.uses import Group, Use, Uses, load_uses
from bot.texts.writing import Length, Writing, length


@dataclass(frozen=True, slots=True)
class Looked:
    """Words as citizens read them: filled with an example, by SMS also unaccented."""

    example: str
    sms: str
    sms_parts: int
    length: Length


@dataclass(frozen=True, slots=True)
class ShownText:
    """One text.

    Shape: `words` are said now, `shipped` came with the product; `fault` tells why changed words
           are not said; `worst` is the agency whose SMS of it costs most.
    """

    use: Use
    words: str
    shipped: str
    fault: str
    looked: Looked
    worst: AgencySms | None

    @property
    def changed(self) -> bool:
        """Whether the province's own words are said."""
        return self.words != self.shipped


@dataclass(frozen=True, slots=True)
class TextPage:
    """One text with everything about it; `history` is oldest first, `version` the last one."""

    shown: ShownText
    group: str
    placeholders: Mapping[str, str]
    sms: Sequence[AgencySms]
    history: Sequence[Wording]

    @property
    def version(self) -> int:
        """What somebody who writes has seen; 0 before anything was recorded."""
        return self.history[-1].version if self.history else 0


@dataclass(slots=True)
class Reader:
    """Reads texts for one request; the agencies, whose names fill them, are read once."""

    runtime: Runtime
    uses: Uses = field(default_factory=load_uses)
    _agencies: Sequence[Agency] | None = None
    _longest_name: str | None = None

    def shipped(self, key: str) -> Text | None:
        """A text as it came with the product; None when there is no such text."""
        return self.runtime.wording.shipped.texts.get(key)

    def agencies(self) -> Sequence[Agency]:
        """Every agency."""
        if self._agencies is None:
            with reading(self.runtime.engine) as connection:
                self._agencies = all_agencies(connection)
        return self._agencies

    def example(self, text: Text, use: Use) -> dict[str, str]:
        """What fills a text in its preview: its sample, but our own settings where they stand."""
        own = self._settings()
        if use.seen == ("sms",):
            del own["example"]  # answers to an SMS show ten digits
        return {name: own.get(name) or value for name, value in text.sample.items()}

    def longest(self, text: Text, use: Use) -> dict[str, str]:
        """What fills a text at its longest."""
        if self._longest_name is None:
            names = (agency.name for agency in self.agencies())
            self._longest_name = max(names, key=len, default="")
        own = self._settings() | {"agency": self._longest_name}
        return {
            name: own.get(name) or "x" * max(self.uses.longest.get(name, 0), len(value))
            for name, value in self.example(text, use).items()
        }

    def _settings(self) -> dict[str, str]:
        settings = self.runtime.settings
        return {
            "example": settings.example_code,
            "keyword": settings.sms_keyword.upper(),
            "short_code": settings.sms_short_code,
            "privacy": privacy_address(settings),
        }

    def writing(self, key: str, text: Text, words: str) -> Writing:
        """Words that somebody writes for a text."""
        use = self.uses.of(key)
        longest = self.longest(text, use)
        return Writing(words, text, use, longest, self.runtime.settings.public_url)

    def looked(self, text: Text, use: Use, words: str) -> Looked:
        """Words as citizens read them; a placeholder that is not the text's stays as it is."""
        example = self.example(text, use)
        read = filled(words, {name: example.get(name, f"{{{name}}}") for name in named(words)})
        plain = unaccented(read) if "sms" in use.seen else ""
        parts = sms_parts(plain) if plain else 0
        return Looked(read, plain, parts, length(words, use, self.longest(text, use)))

    def shown(self, key: str, text: Text, said: Catalogue, fault: str = "") -> ShownText:
        """One text as it is said now."""
        use, words = self.uses.of(key), said.texts[key].words
        worst = worst_sms(said, key, self.agencies())
        return ShownText(use, words, text.words, fault, self.looked(text, use, words), worst)


def said_now(connection: Connection, runtime: Runtime) -> tuple[Catalogue, dict[str, str]]:
    """What the database says is said, and why what is broken is not."""
    return with_changes(runtime.wording.shipped, load_uses(), changed_words(connection))


def said_words(connection: Connection, runtime: Runtime, key: str) -> str:
    """The words of one text as the database says they are said."""
    said, _ = said_now(connection, runtime)
    return said.texts[key].words


def stored_words(connection: Connection, runtime: Runtime, key: str) -> str:
    """The words that are to be said: the province's where it has any, also broken ones."""
    shipped = runtime.wording.shipped.texts[key].words
    return changed_words(connection).get(key, (shipped, ""))[0]


def list_texts(runtime: Runtime) -> list[tuple[str, list[ShownText]]]:
    """Every text under the title of its group; last those that stand in none."""
    reader = Reader(runtime)
    with reading(runtime.engine) as connection:
        said, faults = said_now(connection, runtime)
    return [
        (
            group.title,
            [
                reader.shown(use.key, text, said, faults.get(use.key, ""))
                for use in group.uses
                if (text := reader.shipped(use.key)) is not None
            ],
        )
        for group in _groups(reader, said)
    ]


def _groups(reader: Reader, said: Catalogue) -> Iterator[Group]:
    yield from reader.uses.groups
    strays = [reader.uses.of(key) for key in said.texts if key not in reader.uses.by_key]
    if strays:
        yield Group("Chưa xếp nhóm", tuple(strays))


def read_text(runtime: Runtime, key: str) -> TextPage | None:
    """One text with its history; None when there is no such text."""
    reader = Reader(runtime)
    text = reader.shipped(key)
    if text is None:
        return None
    with reading(runtime.engine) as connection:
        said, faults = said_now(connection, runtime)
        history = wordings_of(connection, key)
    titles = [group.title for group in reader.uses.groups for use in group.uses if use.key == key]
    return TextPage(
        shown=reader.shown(key, text, said, faults.get(key, "")),
        group=titles[0] if titles else "Chưa xếp nhóm",
        placeholders=reader.example(text, reader.uses.of(key)),
        sms=agencies_sms(said, key, reader.agencies()),
        history=history,
    )
