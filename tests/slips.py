"""The links on the slips of the tests' province."""

from bot.slip_link import slip_key
from receipts.signature import slip_signature
from tests.make import make_settings

SETTINGS = make_settings("sqlite://")


def slip_link(code: str, signature: str = "") -> str:
    """What the QR of a slip holds: upper-cased, so that it encodes densely."""
    mark = signature or slip_signature(slip_key(SETTINGS), code)
    return f"{SETTINGS.public_url}/T/{code}.{mark}".upper()
