"""The slip's own link: the keys of its signature, and the code that a signed tail stands for."""

from collections.abc import Sequence

from bot.settings import Settings
from bot.vault import derived_key
from receipts.signature import verify_any

PURPOSE = "slip"
LONGEST_CODE = 64


def slip_key(settings: Settings) -> bytes:
    """The key that new slips are signed with."""
    return derived_key(settings.secret_key, PURPOSE)


def slip_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys that signatures on slips are checked with: the present one, then earlier ones.

    A slip lies in a drawer for years, so SECRET_KEY_PREVIOUS keeps what was printed good.
    """
    secrets = (settings.secret_key, *settings.secret_key_previous)
    return tuple(derived_key(secret, PURPOSE) for secret in secrets)


def signed_code(keys: Sequence[bytes], tail: str) -> str | None:
    """The canonical code of a link's tail `CODE.SIG`, in any case; None unless rightly signed.

    Slips are signed over the canonical form, so nothing but its case needs to be mended here.
    """
    code, _, signature = tail.rpartition(".")
    canonical = code.upper()
    if not code.isascii() or len(canonical) > LONGEST_CODE:
        return None
    return canonical if verify_any(keys, canonical, signature) else None
