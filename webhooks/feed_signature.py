"""Who calls a feed: key, signature over the bytes on the wire, and the clock."""

import hmac
import re
from hashlib import sha256

from werkzeug.datastructures import Headers

from bot.database import reading
from bot.runtime import Runtime
from bot.store.feed_keys import FeedKey, feed_key_in_force
from webhooks.feed_refusal import Refused

KEY, TIMESTAMP, SIGNATURE = "X-Feed-Key", "X-Feed-Timestamp", "X-Feed-Signature"
MOST_SECONDS_OFF = 300

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,9})?")
_SIGNATURE = re.compile(r"sha256=([0-9A-Fa-f]{64})")


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """What X-Feed-Signature has to say.

    Shape: `body` are the bytes on the wire, compressed if gzip; `timestamp` as in its header.
    Source: interfaces 4.
    """
    return "sha256=" + hmac.new(secret, f"{timestamp}.".encode() + body, sha256).hexdigest()


def admitted(runtime: Runtime, headers: Headers, body: bytes) -> FeedKey:
    """The key that signed this call.

    Checked in this order, so that a stranger learns as little as possible: headers, key,
    signature, clock.
    Errors: Refused (401), which says what was expected and never shows a right signature.
    Source: interfaces 4.
    """
    timestamp, claimed = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    missing = [name for name in (KEY, TIMESTAMP, SIGNATURE) if not headers.get(name)]
    if missing:
        raise Refused(401, "signature", f"missing: {', '.join(missing)}; send all three headers")
    if not _NUMBER.fullmatch(timestamp):
        raise Refused(
            401,
            "signature",
            f"{TIMESTAMP} is no number; expected unix seconds such as 1795312800",
        )
    with reading(runtime.engine) as connection:
        sealed = feed_key_in_force(connection, headers[KEY])
    if sealed is None:
        raise Refused(401, "key", f"{KEY} is not the id of a key in force; ask for a new key")
    expected = signature(runtime.vault.open(sealed.secret), timestamp, body)
    form = _SIGNATURE.fullmatch(claimed)
    if form is None or not hmac.compare_digest(f"sha256={form[1].lower()}", expected):
        raise Refused(
            401,
            "signature",
            f"{SIGNATURE} does not fit; expected sha256= and the hex HMAC-SHA256, with the "
            f"key's secret, of the text of {TIMESTAMP}, a full stop and the {len(body)} bytes "
            "of the body as sent",
        )
    _check_clock(runtime.now().timestamp(), float(timestamp))
    return sealed.key


def _check_clock(now: float, told: float) -> None:
    off = told - now
    if abs(off) > MOST_SECONDS_OFF:
        side = "ahead of" if off > 0 else "behind"
        raise Refused(
            401,
            "clock",
            f"{TIMESTAMP} is {abs(off):.0f} seconds {side} the clock here, at most "
            f"{MOST_SECONDS_OFF} are allowed; set the clock (NTP) and sign anew",
        )
