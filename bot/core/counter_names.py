"""A person's name as people search for it: folded, and by each of its endings."""

from receipts.clean import clean, fold

MOST_ENDINGS = 8  # "Công ty TNHH …": the words before them help nobody to find it


def plain_name(name: str) -> str:
    """One form of a name, diacritics kept: composed, lower case, single blanks."""
    return " ".join(clean(name).lower().split())


def folded_name(name: str) -> str:
    """The same without diacritics."""
    return " ".join(fold(clean(name)).split())


def endings(name: str) -> tuple[str, ...]:
    """The folded name and each of its endings: "nguyen van an", "van an", "an".

    Shape: longest first; of a name with more words than are kept the last ones and the whole.
    """
    words = folded_name(name).split()
    found = [" ".join(words[start:]) for start in range(len(words))]
    return tuple(found) if len(found) <= MOST_ENDINGS else (found[0], *found[1 - MOST_ENDINGS :])
