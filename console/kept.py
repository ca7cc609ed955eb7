"""What was typed into a form that could not be taken in: kept, to be sent again."""

import json
from urllib.parse import urlsplit

from flask import request

MOST_LETTERS = 64 * 1024
CLOSED = (
    "password",
    "present",
    "wished",
    "again",
    "otp",
    "offered",
)  # parts of names whose fields are never shown
OURS = ("csrf_token", "next", "kept")

Typed = tuple[tuple[str, str], ...]


def typed_here(public_url: str) -> Typed:
    """The fields of this request's form; empty when a page of others sent it.

    Shape: passwords and files are left out.
    """
    if not from_our_page(public_url):
        return ()
    fields = tuple(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in OURS and not any(part in name for part in CLOSED)
    )
    return fields if sum(len(name) + len(value) for name, value in fields) < MOST_LETTERS else ()


def written(typed: Typed) -> str:
    """Fields as one hidden field."""
    return json.dumps(typed, ensure_ascii=False)


def read(kept: str) -> Typed:
    """Fields out of the hidden field; empty when they cannot be read."""
    try:
        found = json.loads(kept) if len(kept) < 2 * MOST_LETTERS else []
        return tuple((str(name), str(value)) for name, value in found)
    except (ValueError, TypeError):
        return ()


def from_our_page(public_url: str) -> bool:
    """Whether a page of ours sent this request.

    Source: Fetch standard: browsers name the page's origin with every POST.
    """
    origin = urlsplit(request.headers.get("Origin", ""))
    return bool(origin.netloc) and origin.netloc in (request.host, urlsplit(public_url).netloc)
