"""A carrier's own words, kept for operators: numbers that may be somebody's are left out."""

import re

# Eight digits and more, however grouped: phones, identity papers. Codes of errors are shorter.
_NUMBER = re.compile(r"\+?[0-9](?:[ .()_-]?[0-9]){7,}")
LEFT_OUT = "(số)"


def without_numbers(said: str) -> str:
    """The words without long numbers: carriers quote the phone they refuse."""
    return _NUMBER.sub(LEFT_OUT, said)
