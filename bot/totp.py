"""Time-based codes of a second factor (RFC 6238): a secret, its address for telephones, a match."""

import hmac
from datetime import datetime
from urllib.parse import urlsplit

import pyotp

from bot.core.second_factor import STEP, is_shown_code, steps_near

ISSUER = "Mot cua"


def new_secret() -> str:
    """A secret of 160 bits, in base32 as people type it."""
    return pyotp.random_base32()


def enrolment_address(secret: str, login: str, public_url: str) -> str:
    """What the QR of an enrolment holds: `otpauth://totp/…`, named after this house."""
    issuer = f"{ISSUER} {urlsplit(public_url).hostname or ''}".strip()
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=login, issuer_name=issuer)


def code_at(secret: str, step: int) -> str:
    """The code of a step."""
    return pyotp.TOTP(secret, interval=STEP).generate_otp(step)


def matching_step(secret: str, plain: str, now: datetime) -> int | None:
    """The step near now whose code this is; None when it is none of them."""
    if not is_shown_code(plain):
        return None
    steps = steps_near(now)
    right = [step for step in steps if hmac.compare_digest(code_at(secret, step), plain)]
    return right[0] if right else None
