"""The legal forms: their titles, lines and signatures, as data with dates of validity."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parents[1] / "data" / "forms.toml"


class FormMissing(ValueError):
    """No form of this kind was valid on that day; the message says since when one is."""


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of a form's body: a text, or a part that is more than text."""

    text: str = ""
    part: str | None = None
    needs: str | None = None
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Signature:
    """A place to sign: its title, the note under it, whose name is printed, and where it is not."""

    title: str
    note: str
    name: str
    hidden: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One form as one edition has it.

    Shape: `words` are the texts that all forms share, `tables` those of the two tables; `copies`
    names the copies in the order they are printed, empty where the form has no copy mark.
    """

    kind: str
    edition: str
    title: str
    legal: str
    body: tuple[FormLine, ...]
    signatures: tuple[Signature, ...]
    copies: tuple[str, ...]
    foot: str | None
    words: Mapping[str, str]
    tables: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Edition:
    since: date
    forms: Mapping[str, Form]


def form_on(kind: str, day: date) -> Form:
    """The form of this kind that was valid on that day.

    Errors: FormMissing when there was none.
    Source: domain-facts 1.1.
    """
    editions = _editions()
    valid = [edition for edition in editions if edition.since <= day]
    if valid and kind in valid[-1].forms:
        return valid[-1].forms[kind]
    first = next((edition.since for edition in editions if kind in edition.forms), None)
    since = "unknown" if first is None else f"there is one since {first:%d/%m/%Y}"
    raise FormMissing(f"no form {kind!r} was valid on {day:%d/%m/%Y}; {since}")


@cache
def _editions() -> tuple[_Edition, ...]:
    """Every edition, the oldest first."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))["edition"]
    raw: dict[str, dict[str, Any]] = {}
    for one in told:
        raw[one["id"]] = _merged(raw[one["base"]], one) if "base" in one else one
    editions = [_edition(one) for one in raw.values()]
    return tuple(sorted(editions, key=lambda edition: edition.since))


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` on `under`: tables merged, everything else replaced."""
    both = dict(under)
    for key, value in over.items():
        before = both.get(key)
        merges = isinstance(before, dict) and isinstance(value, dict)
        both[key] = _merged(before, value) if merges and isinstance(before, dict) else value
    return both


def _edition(raw: Mapping[str, Any]) -> _Edition:
    forms = {kind: _form(kind, raw, one) for kind, one in raw["forms"].items()}
    return _Edition(raw["from"], forms)


def _form(kind: str, edition: Mapping[str, Any], raw: Mapping[str, Any]) -> Form:
    return Form(
        kind=kind,
        edition=edition["id"],
        title=raw["title"],
        legal=edition["legal"].format(form=raw["form"]),
        body=tuple(FormLine(**line) for line in raw["body"]),
        signatures=tuple(Signature(**one) for one in raw["sign"]),
        copies=tuple(raw.get("copies", ())),
        foot=raw.get("foot"),
        words=edition["head"],
        tables={"papers": edition["papers"], "hops": edition["hops"]},
    )
