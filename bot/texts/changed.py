"""The catalogue with the words that the province changed; what is broken stays as shipped."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from bot.texts.catalogue import PLACEHOLDER, Catalogue, Text
from bot.texts.uses import MOST_CONSENT, Use, Uses

MOST_WORDS = 2000  # of any text; one message of Zalo's
JOINER = "\u200d"  # holds the parts of one emoji together
# Controls, what cannot be seen or turns the direction, halves of characters, private letters.
_ODD = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def digest(words: str) -> str:
    """What words are known by: SHA-256 of their UTF-8, in hex."""
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def odd_characters(words: str) -> list[str]:
    """Characters that no text may hold, in the order in which they stand."""
    kept = ("\n", JOINER)
    return [char for char in words if char not in kept and unicodedata.category(char) in _ODD]


def named(words: str) -> frozenset[str]:
    """The placeholders that words name."""
    return frozenset(PLACEHOLDER.findall(words))


def broken(words: str, shipped: Text, use: Use) -> str:
    """Why changed words cannot be said, in a few words; "" when they can.

    What is looked at here could stop or spoil a reply; what is only unwise is told to whoever
    writes (bot/texts/writing.py).
    """
    if not use.open:
        return "the text may not be changed"
    if not words.strip():
        return "there are no words"
    if named(words) != named(shipped.words):
        return f"it names {sorted(named(words))}, and is filled with {sorted(named(shipped.words))}"
    if len(words) > (MOST_CONSENT if use.consent else MOST_WORDS):
        return f"it is too long ({len(words)} characters)"
    if words != unicodedata.normalize("NFC", words) or odd_characters(words):
        return "it holds odd characters"
    return ""


def with_changes(
    shipped: Catalogue, uses: Uses, changed: Mapping[str, tuple[str, str]]
) -> tuple[Catalogue, dict[str, str]]:
    """The catalogue that is said, and why each changed text that is left out cannot be.

    Shape: `changed` are words and their digest by key; a text that is fixed, broken, or no longer
           there is left as shipped.
    """
    said, faults = dict(shipped.texts), dict[str, str]()
    for key, (words, mark) in changed.items():
        text = shipped.texts.get(key)
        if text is None:
            continue
        fault = broken(words, text, uses.of(key))
        if not fault and mark != digest(words):
            fault = "its words are not those that were saved"
        if fault:
            faults[key] = fault
        else:
            said[key] = replace(text, words=words)
    return Catalogue(said), faults
