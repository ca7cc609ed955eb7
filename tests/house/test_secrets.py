"""No secret lies among our files: keys, tokens and passwords are known by their forms."""

import re
from pathlib import Path

import pytest

from tests.rig.tree import our_files, text_of

FORMS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a key of a cloud": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of a code host": re.compile(
        r"\b(?:gh[pousr]_[0-9A-Za-z]{36}|glpat-[\w-]{20}|github_pat_\w{22,})"
    ),
    "a token of a chat or a payment": re.compile(
        r"\b(?:xox[abprs]-[\w-]{10,}|sk_live_\w{16,}|\d{8,10}:AA[\w-]{33}\b)"
    ),
    "a signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "a Fernet key": re.compile(r"(?<![\w/+-])[\w-]{43}=(?![\w=])"),
    "a password in an address": re.compile(
        r"\b[a-z][a-z0-9+.-]*://[^\s:/@'\"{}]+:([^\s@'\"{}/]+)@"
    ),
    "a value given to a secret": re.compile(
        r"\b[A-Z_]*(?:SECRET|PASSWORD|TOKEN|API_KEY|FIELD_KEYS)[A-Z_]*[ \t]*=[ \t]*"
        r"[\"']?(?=[^\s\"']*\d)(?=[^\s\"']*[a-z])([\w+/=.-]{20,})[\"']?[ \t]*$",
        re.MULTILINE,
    ),
}
# What only looks like one, by file and text, each with its reason.
HARMLESS: dict[tuple[str, str], str] = {
    ("tests/make.py", "bm90LWEtc2VjcmV0LW9ubHkt" + "Zm9yLXRoZS10ZXN0cyE="): "says so when decoded",
}
# Passwords in addresses of examples.
PLACEHOLDERS = {"password", "mat_khau", "pw", "a%40b"}
SEEN_ELSEWHERE = {".png", ".woff2", ".ttf", ".svg", ".pdf"}


def secrets_in(path: Path, text: str) -> list[str]:
    """What looks like a secret: where, and which kind; never the secret."""
    found = []
    for kind, form in FORMS.items():
        for match in form.finditer(text):
            shown = match[match.lastindex or 0]
            if shown in PLACEHOLDERS or (str(path), shown) in HARMLESS:
                continue
            found.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {kind}")
    return found


def test_none_of_our_files_holds_a_secret() -> None:
    paths = [path for path in our_files() if path.suffix not in SEEN_ELSEWHERE]
    assert len(paths) > 500
    found = [one for path in paths for one in secrets_in(path, text_of(path))]
    assert not found, "\n".join(found)


def test_what_is_harmless_is_still_there() -> None:
    for (path, text), why in HARMLESS.items():
        assert text in text_of(Path(path)), path
        assert why


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a1" * 18,
        "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".abcdefghijklmnop",
        "FIELD_KEYS=" + "q" * 43 + "=",
        "ZALO_APP_SECRET=" + "a1b2c3d4e5f6g7h8i9j0",
        "postgresql+psycopg://motcua:" + "hunter2@db/motcua",
    ],
)
def test_a_secret_is_seen(text: str) -> None:
    assert secrets_in(Path("notes.md"), text)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql+psycopg://motcua:password@127.0.0.1/motcua",
        "ZALO_APP_SECRET=",
        'SECRET_KEY = "not a secret, only for the tests"',
        "sha256=5b1f0a",
        'TOKEN = re.compile(r"[a-z]{3}")',
    ],
)
def test_an_example_is_none(text: str) -> None:
    assert not secrets_in(Path("notes.md"), text)
