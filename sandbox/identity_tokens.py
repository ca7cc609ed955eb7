"""The identity provider's keys and tokens, made by hand from RFC 7515 and 7517."""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

Json = dict[str, Any]
WIDTH = 32  # bytes of a number on P-256


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Keys:
    """One RSA key and one on P-256, made when they are first asked for."""

    def __init__(self) -> None:
        self._rsa: rsa.RSAPrivateKey | None = None
        self._ec: ec.EllipticCurvePrivateKey | None = None
        self._turn = secrets.token_hex(4)

    def change(self) -> None:
        """Throw both away: the next token names a key that nobody has read yet."""
        self._rsa, self._ec, self._turn = None, None, secrets.token_hex(4)

    @property
    def rsa(self) -> rsa.RSAPrivateKey:
        """The RSA key."""
        self._rsa = self._rsa or rsa.generate_private_key(65537, 2048)
        return self._rsa

    @property
    def ec(self) -> ec.EllipticCurvePrivateKey:
        """The key on P-256."""
        self._ec = self._ec or ec.generate_private_key(ec.SECP256R1())
        return self._ec

    def published(self) -> Json:
        """The set of public keys (RFC 7517)."""
        rsa_numbers, ec_numbers = self.rsa.public_key().public_numbers(), self.ec.public_key()
        point = ec_numbers.public_numbers()
        modulus = rsa_numbers.n.to_bytes(256, "big")
        exponent = rsa_numbers.e.to_bytes(3, "big")
        x, y = (b64(number.to_bytes(WIDTH, "big")) for number in (point.x, point.y))
        common = {"use": "sig"}
        return {
            "keys": [
                {"kty": "RSA", "kid": self.kid("RS256"), "n": b64(modulus), "e": b64(exponent)}
                | common,
                {"kty": "EC", "kid": self.kid("ES256"), "crv": "P-256", "x": x, "y": y} | common,
            ]
        }

    def kid(self, algorithm: str) -> str:
        """What the key of an algorithm is called."""
        return f"{'rsa' if algorithm != 'ES256' else 'ec'}-{self._turn}"

    def sign(self, algorithm: str, data: bytes, secret: str) -> bytes:
        """A signature (RFC 7518, section 3); `secret` is what HS256 signs with."""
        if algorithm == "HS256":
            return hmac.digest(secret.encode(), data, "sha256")
        if algorithm == "ES256":
            r, s = utils.decode_dss_signature(self.ec.sign(data, ec.ECDSA(SHA256())))
            return r.to_bytes(WIDTH, "big") + s.to_bytes(WIDTH, "big")
        if algorithm == "RS256":
            return self.rsa.sign(data, padding.PKCS1v15(), SHA256())
        return b""


def signed(keys: Keys, algorithm: str, claims: Json, kid: str, secret: str = "") -> str:
    """A token in compact form (RFC 7515, section 7.1)."""
    header = {"alg": algorithm, "typ": "JWT"} | ({"kid": kid} if algorithm != "none" else {})
    parts = (b64(json.dumps(part).encode()) for part in (header, claims))
    data = ".".join(parts)
    return f"{data}.{b64(keys.sign(algorithm, data.encode(), secret))}"


def half_hash(token: str) -> str:
    """OpenID Connect Core 1.0, section 3.1.3.6 (at_hash)."""
    return b64(hashlib.sha256(token.encode()).digest()[:16])
