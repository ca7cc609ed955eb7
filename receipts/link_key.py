"""What the link on a slip is made with, address and key, and its file for machines that print."""

import re
from base64 import b32decode, b32encode
from dataclasses import dataclass, field

_ADDRESS = re.compile(r"https?://[a-z0-9.\-]+(:[0-9]{1,5})?", re.IGNORECASE)
_BYTES = 32
_URL, _KEY = "PUBLIC_URL", "SLIP_KEY"
_HEAD = """\
# Address and key of the QR on slips, for machines that print or stamp.
# Whoever has this file can make links that open any dossier's status page: keep it like a password.
"""


@dataclass(frozen=True, slots=True)
class LinkKey:
    """Where slips' links lead and what they are signed with.

    Errors: ValueError for an address that a QR cannot keep small, or a key of another length.
    """

    public_url: str
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Errors: see the class."""
        if not _ADDRESS.fullmatch(self.public_url):
            raise ValueError(
                f"{_URL}: {self.public_url!r} cannot stand in a slip's QR; expected an address "
                "without a path, such as https://dvc.example.gov.vn"
            )
        if len(self.key) != _BYTES:
            raise ValueError(f"{_KEY}: has {len(self.key)} bytes, expected {_BYTES}")


def key_file(link: LinkKey) -> str:
    """The file's text, two settings in lines of their own."""
    key = b32encode(link.key).decode().rstrip("=")
    return f"{_HEAD}{_URL}={link.public_url}\n{_KEY}={key}\n"


def read_key_file(text: str) -> LinkKey:
    """The same again; lines that begin with # and unknown settings are left aside.

    Errors: ValueError that never repeats the key.
    """
    parted = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    given = {name.strip(): value.strip() for name, _, value in parted}
    missing = [name for name in (_URL, _KEY) if not given.get(name)]
    if missing:
        raise ValueError(f"{' and '.join(missing)} missing; write it with: python -m bot slip-key")
    key = given[_KEY].upper()
    try:
        raw = b32decode(key + "=" * (-len(key) % 8))
    except ValueError:  # no base32, or no ASCII at all
        raise ValueError(f"{_KEY}: is damaged; write it with: python -m bot slip-key") from None
    return LinkKey(given[_URL].rstrip("/"), raw)
