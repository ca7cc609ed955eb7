"""Secrets in files of their own: NAME_FILE in the place of NAME, as containers hand them over."""

from collections.abc import Collection, Mapping
from pathlib import Path

LARGEST = 65_536  # bytes; a path that leads elsewhere must not fill the memory
SUFFIX = "_FILE"
Unread = tuple[str, str, str]


def with_files(
    given: Mapping[str, str], secrets: Collection[str]
) -> tuple[dict[str, str], list[Unread]]:
    """What is given, with each secret read out of its file, and what could not be read.

    Shape: a fault is the setting's name, what is wrong, and what to do; never the content.
           Blanks and line ends around a file's content are no part of it.
    """
    found, unread = dict(given), []
    for name in secrets:
        place = given.get(name + SUFFIX, "").strip()
        if not place:
            continue
        if given.get(name, "").strip():
            why = f"is set, and {name} is too"
            unread.append((name + SUFFIX, why, "keep one of the two"))
            continue
        content = _content(Path(place))
        if isinstance(content, str):
            found[name] = content
        else:
            unread.append((name + SUFFIX, *content))
    return found, unread


def _content(place: Path) -> str | tuple[str, str]:
    """The content, or what is wrong and what to do."""
    try:
        with place.open("rb") as file:
            content = file.read(LARGEST + 1)
        text = content.decode().strip()
    except OSError as fault:
        return f"{place} cannot be read ({fault.strerror})", "correct the path, or its rights"
    except UnicodeDecodeError:
        return f"{place} is no text (UTF-8)", "write the bare value into it"
    if not text:
        return f"{place} is empty", "write the bare value into it"
    if len(content) > LARGEST:
        return f"{place} is larger than {LARGEST} bytes", "write the bare value into it"
    return text
