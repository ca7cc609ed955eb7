"""Why the counter stored nothing: Vietnamese words by field, for the page to show there."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Faults:
    """What stands in the way.

    Shape: `fields` holds the words by the field's name, "" for the whole form, and a name such as
           "papers.2.copies" for the third paper's. `to_confirm` names fields whose words are only
           a warning: what was typed passes once the clerk has confirmed it.
    """

    fields: Mapping[str, str]
    to_confirm: frozenset[str] = frozenset()


def refused(words: str, field: str = "") -> Faults:
    """A single fault, of the whole form unless a field is named."""
    return Faults({field: words})
