"""The signature of webhooks and the two proofs that use HMAC."""

import hashlib
import hmac


def event_mac(app_id: str, raw_body: bytes, timestamp: str, oa_secret_key: str) -> str:
    """The value of X-ZEvent-Signature: plain SHA-256 over the concatenation (manual 2.1)."""
    text = app_id.encode() + raw_body + timestamp.encode() + oa_secret_key.encode()
    return f"mac={hashlib.sha256(text).hexdigest()}"


def appsecret_proof(app_secret: str, access_token: str) -> str:
    """The optional header appsecret_proof: this one is HMAC (manual 1.6)."""
    return hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()


def feed_signature(secret: str, timestamp: str, raw_body: bytes) -> str:
    """The value of X-Feed-Signature over `<timestamp>.` and the raw body."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + raw_body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"
