"""Rules of logging in by an identity provider: which accounts may, and what counts as a factor."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

# How long a log-in may stay at the provider, where somebody types a password and a code.
LONGEST_ABSENCE = timedelta(minutes=10)
# How far the provider's clock may be from ours.
SKEW = timedelta(seconds=60)


class SignOn(StrEnum):
    """How an account may log in; one without a word here by password alone."""

    ALLOWED = "allowed"  # by the provider, and by password
    ONLY = "only"  # by the provider alone


class SignOnFault(StrEnum):
    """Why a log-in by the provider did not end in a session."""

    AWAY = "away"  # the provider does not answer, or not as the standard says
    BUSY = "busy"  # too many log-ins wait for the provider at this moment
    STALE = "stale"  # begun too long ago, in another browser, or done already
    DECLINED = "declined"  # the provider, or the person there, said no
    NOT_GENUINE = "not_genuine"  # what the provider's name stands on does not hold
    NO_ACCOUNT = "no_account"  # nobody here, not let in this way, closed or locked


@dataclass(frozen=True, slots=True, repr=False)
class Vouched:
    """Whom the provider vouches for.

    Shape: `subject` is the provider's own name of the person and never changes; `login` is what
           an account is looked for by when it logs in for the first time; `factor` tells that
           more than a password was asked for there; `token` is kept to end the session there too.
    """

    issuer: str
    subject: str
    login: str
    factor: bool
    token: str


def told_login(claims: Mapping[str, object], claim: str) -> str:
    """The login as the provider tells it; "" where it tells none.

    Shape:  an e-mail address counts once the provider has made sure that it is this person's:
            elsewhere anybody may write any address into an account of theirs.
    Source: OpenID Connect Core 1.0, section 5.1 (email_verified) and 5.7 (claim stability).
    """
    told = claims.get(claim)
    if claim == "email" and claims.get("email_verified") is not True:
        return ""
    return told if isinstance(told, str) else ""


def proves_factor(claims: Mapping[str, object], acr: Collection[str], amr: Collection[str]) -> bool:
    """Whether the provider asked for more than a password.

    Shape:  `acr` and `amr` are the values that count; one of either is enough.
    Source: OpenID Connect Core 1.0, section 2 (acr, amr); RFC 8176, section 2 (amr values).
    """
    methods = claims.get("amr")
    listed = methods if isinstance(methods, list) else []
    return claims.get("acr") in acr or any(one in amr for one in listed)
