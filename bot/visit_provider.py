"""A browser's way to the identity provider and back: what it takes along, and what it brings."""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.openid import Absence, IdentityProvider, ProviderFault
from bot.core.sign_on import LONGEST_ABSENCE, SignOnFault
from bot.log_in import Opened
from bot.logs import log
from bot.runtime import Runtime
from bot.sign_on import refuse_sign_on, sign_on
from bot.vault import Unreadable

Provider = IdentityProvider  # what pages hold, who know nothing of channels
BACK = "/console/login/tinh/ve"  # registered at the provider, behind PUBLIC_URL
AFTER = "/console/login"  # where a browser comes back to after it has logged out there
# What a provider says when it is at fault itself; all else was decided there.
ITS_OWN = frozenset({"server_error", "temporarily_unavailable"})

logger = log(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Begun:
    """Where the browser goes, and what it has to bring back."""

    address: str
    sealed: str


@dataclass(frozen=True, slots=True, repr=False)
class Returned:
    """A session that has just begun, and the page it was begun for."""

    opened: Opened
    page: str


@dataclass(frozen=True, slots=True, repr=False)
class _Left:
    absence: Absence
    page: str


def build_provider(runtime: Runtime) -> IdentityProvider | None:
    """The province's identity provider; None when there is none."""
    settings = runtime.settings
    return IdentityProvider(settings, runtime.now) if settings.oidc_issuer else None


def set_out(runtime: Runtime, provider: IdentityProvider, page: str) -> Begun | SignOnFault:
    """Begin a log-in at the provider, that leads to this page of ours."""
    absence = Absence(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
    )
    try:
        there = provider.way_there(absence, runtime.settings.public_url + BACK)
    except ProviderFault as fault:
        return _told(fault)
    left = [absence.state, absence.nonce, absence.verifier, page, runtime.now().timestamp()]
    return Begun(there, runtime.vault.seal(json.dumps(left)).decode())


def come_back(
    runtime: Runtime,
    provider: IdentityProvider,
    sealed: str,
    brought: Mapping[str, str],
    address: str,
) -> Returned | SignOnFault:
    """End a log-in with what the browser brought back from the provider.

    Errors: TooManyRefused for a place that has to wait; told once it is known whose log-in it is,
            so that who logged in there of late gets in all the same.
    Source: OpenID Connect Core 1.0, section 3.1.2.5 and following; RFC 9207 (iss).
    """
    left = _opened(runtime, sealed)
    if left is None or not hmac.compare_digest(
        left.absence.state.encode(), brought.get("state", "").encode("utf-8", "replace")
    ):
        return SignOnFault.STALE
    fault = _refused(runtime, brought)
    if fault is None:
        try:
            back = runtime.settings.public_url + BACK
            vouched = provider.vouched(brought["code"], left.absence, back)
        except ProviderFault as failed:
            fault = _told(failed)
        else:
            opened = sign_on(runtime, vouched, address)
            return opened if isinstance(opened, SignOnFault) else Returned(opened, left.page)
    if fault is SignOnFault.NOT_GENUINE:
        refuse_sign_on(runtime, fault, address)
    return fault


def way_out(runtime: Runtime, provider: IdentityProvider | None, token: str) -> str:
    """Where a session ends at the provider too; "" for one that did not begin there."""
    if provider is None or not token:
        return ""
    return provider.way_out(token, runtime.settings.public_url + AFTER)


def _refused(runtime: Runtime, brought: Mapping[str, str]) -> SignOnFault | None:
    """Why the provider gave no code."""
    if brought.get("iss", runtime.settings.oidc_issuer) != runtime.settings.oidc_issuer:
        return SignOnFault.NOT_GENUINE
    if brought.get("error"):
        return SignOnFault.AWAY if brought["error"] in ITS_OWN else SignOnFault.DECLINED
    return None if brought.get("code") else SignOnFault.DECLINED


def _opened(runtime: Runtime, sealed: str) -> _Left | None:
    """What the browser took along; None when it is not ours, or too old."""
    try:
        state, nonce, verifier, page, at = json.loads(runtime.vault.open(sealed.encode()))
    except (Unreadable, UnicodeEncodeError, ValueError):
        return None
    gone = timedelta(seconds=runtime.now().timestamp() - at)
    return _Left(Absence(state, nonce, verifier), page) if gone <= LONGEST_ABSENCE else None


def _told(fault: ProviderFault) -> SignOnFault:
    logger.warning("oidc.fault", why=str(fault.why), said=fault.said)
    return fault.why
