"""An identity provider's token: its signature against the provider's keys, and what it claims."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from bot.core.sign_on import SKEW

ALGORITHMS = ("RS256", "PS256", "ES256")  # no "none", and none whose key both sides share
KINDS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
# What a public key is made of; whatever else a provider publishes by mistake is not read.
PARTS = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}
LEAST_BITS = 2048
LONGEST = 32 * 1024


class NotGenuineToken(Exception):
    """A token that is not believed: which check it failed, and nothing of what it says."""


class UnknownKey(NotGenuineToken):
    """It names a key that was not among those that were read."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say: who made it, for whom, in answer to what, and when it is read."""

    issuer: str
    client_id: str
    nonce: str
    now: datetime


def claims_of(
    token: str, keys: Sequence[Mapping[str, Any]], expected: Expected, access_token: str = ""
) -> dict[str, Any]:
    """What a genuine token says.

    Shape:  `keys` as in the provider's key set (RFC 7517).
    Errors: NotGenuineToken; UnknownKey where reading the keys anew may help.
    Source: OpenID Connect Core 1.0, section 3.1.3.7 (ID Token Validation).
    """
    if len(token) > LONGEST:
        raise NotGenuineToken("too long")
    try:
        read = jwt.decode(token, _finder(keys), algorithms=ALGORITHMS)
        claims = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
                "nonce": {"essential": True, "value": expected.nonce},
            },
            {"client_id": expected.client_id, "access_token": access_token},
        )
        claims.validate(int(expected.now.timestamp()), int(SKEW.total_seconds()))
    except JoseError as fault:
        raise NotGenuineToken(f"{type(fault).__name__}: {fault.error}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise NotGenuineToken(type(fault).__name__) from None
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise NotGenuineToken("sub is no text")
    return dict(claims)


def _finder(keys: Sequence[Mapping[str, Any]]) -> Callable[[Any], jwk.Key]:
    def find(told: Any) -> jwk.Key:
        header = told.headers()
        algorithm, kid = header.get("alg"), header.get("kid")
        fitting = [one for one in keys if _fits(one, algorithm, kid)]
        if len(fitting) != 1:  # a token without a name for its key, and several to choose from
            raise UnknownKey("its key is not among the provider's")
        kind = KINDS[algorithm]
        key = jwk.import_key({part: str(fitting[0].get(part, "")) for part in PARTS[kind]})
        if isinstance(key, jwk.RSAKey) and key.raw_value.key_size < LEAST_BITS:
            raise NotGenuineToken(f"its key has fewer than {LEAST_BITS} bits")
        return key

    return find


def _fits(key: Mapping[str, Any], algorithm: object, kid: object) -> bool:
    kind = KINDS.get(str(algorithm))
    return (
        key.get("kty") == kind
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
        and (kind != "EC" or key.get("crv") == "P-256")
    )
