"""Tokens of an identity provider: signed claims of any shape, and strings that are no token."""

import base64
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from bot.channels.openid_token import Expected, NotGenuineToken, claims_of
from tests.fuzz.target import Promise, Target
from tests.make import NOW

EXPECTED = Expected("https://dang-nhap.example.vn", "motcua", "n-0S6", NOW)
HEADER = b'{"alg":"RS256","kid":"k1"}'
CLAIMS = {
    "iss": EXPECTED.issuer,
    "aud": EXPECTED.client_id,
    "sub": "u-1",
    "nonce": EXPECTED.nonce,
    "exp": int(NOW.timestamp()) + 300,
    "iat": int(NOW.timestamp()),
    "amr": ["pwd", "otp"],
    "preferred_username": "hoa",
}
WORDS = (*CLAIMS, "azp", "auth_time", "acr", "nbf", "at_hash", "alg", "none", "HS256", "ES256",
         "kid", "crit", "b64", "jwk", "x5c", "zip", "1e999", "null", "[]", "{}", "NaN")  # fmt: skip


@cache
def _key() -> RSAPrivateKey:
    return generate_private_key(65_537, 2_048)


def _part(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _signed(header: bytes, claims: bytes) -> bytes:
    """A token that the provider has signed, whatever it says."""
    content = _part(header) + b"." + _part(claims)
    return content + b"." + _part(_key().sign(content, PKCS1v15(), SHA256()))


def _public() -> Sequence[Mapping[str, Any]]:
    numbers = _key().public_key().public_numbers()
    parts = {"n": numbers.n.to_bytes(256, "big"), "e": numbers.e.to_bytes(3, "big")}
    known = {name: _part(value).decode() for name, value in parts.items()}
    return [{"kty": "RSA", "kid": "k1", "alg": "RS256", "use": "sig", **known}]


def _reads_tokens(_folder: Path) -> Promise:
    """The first byte: the rest is claims to sign, a header and claims to sign, or a whole token."""
    keys, genuine = _public(), _signed(HEADER, json.dumps(CLAIMS).encode())

    def promise(data: bytes) -> None:
        kind, content = data[:1], data[1:]
        token = _signed(HEADER, content)
        if kind == b"h":
            header, _, claims = content.partition(b"\n")
            token = _signed(header, claims)
        elif kind == b"t":
            token = content.replace(b"$", genuine)
        try:
            told = claims_of(token.decode("latin-1"), keys, EXPECTED)
        except NotGenuineToken:
            return
        assert told["iss"] == EXPECTED.issuer
        assert told["nonce"] == EXPECTED.nonce
        assert isinstance(told["sub"], str)
        assert told["sub"]
        assert kind != b"t" or told == CLAIMS

    return promise


def _seeds() -> Sequence[bytes]:
    claims = json.dumps(CLAIMS).encode()
    late = json.dumps(CLAIMS | {"exp": 0}).encode()
    endless = claims.replace(str(CLAIMS["exp"]).encode(), b"1e999")
    tokens = [b"t$", b"t$.", b"t" + _part(HEADER) + b"." + _part(claims) + b"."]
    return [b"s" + claims, b"s" + late, b"s" + endless, b"h" + HEADER + b"\n" + claims, *tokens]


TARGETS = (Target("token", _reads_tokens, _seeds, WORDS),)
