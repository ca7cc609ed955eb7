"""The slip's own link: the keys of its signature, and the code that a signed tail stands for."""

from collections.abc import Sequence

from bot.settings import Settings
from receipts.link_key import LinkKey
from receipts.signature import signing_key, verify_any

LONGEST_CODE = 64


def slip_key(settings: Settings) -> bytes:
    """The key that new slips are signed with."""
    return signing_key(settings.secret_key)


def slip_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys that signatures on slips are checked with: the present one, then earlier ones.

    A slip lies in a drawer for years, so SECRET_KEY_PREVIOUS keeps what was printed good.
    """
    secrets = (settings.secret_key, *settings.secret_key_previous)
    return tuple(signing_key(secret) for secret in secrets)


def link_key(settings: Settings) -> LinkKey:
    """What a machine needs that only prints. Errors: ValueError for a PUBLIC_URL no QR can keep."""
    return LinkKey(settings.public_url, slip_key(settings))


def signed_code(keys: Sequence[bytes], tail: str) -> str | None:
    """The canonical code of a link's tail `CODE.SIG`, in any case; None unless rightly signed.

    Slips are signed over the canonical form, so nothing but its case needs to be mended here.
    """
    code, _, signature = tail.rpartition(".")
    canonical = code.upper()
    if not code.isascii() or len(canonical) > LONGEST_CODE:
        return None
    return canonical if verify_any(keys, canonical, signature) else None
