"""The province's identity provider: its document and keys, the way there, and what comes back."""

import json
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from bot.channels.guarded import Bounds, Form, Got, NotFetched, fetch, may_fetch
from bot.channels.openid_token import Expected, NotGenuineToken, UnknownKey, claims_of
from bot.core.sign_on import SignOnFault, Vouched, proves_factor, told_login
from bot.logs import log
from bot.settings import Settings

KEPT = timedelta(hours=1)
AGAIN = timedelta(seconds=30)  # keys are not read anew more often, whoever asks with odd tokens
BOUNDS = Bounds(most_bytes=256 * 1024, seconds=6.0)
AT_ONCE = 3  # threads of a process that may wait for the provider; the rest serve other pages
DOCUMENT = "/.well-known/openid-configuration"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OFFERED = ("end_session_endpoint", "userinfo_endpoint")
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}

logger = log(__name__)


class ProviderFault(Exception):
    """The provider did not vouch for anybody; `why` is for people, `said` for the log."""

    def __init__(self, why: SignOnFault, said: str) -> None:
        super().__init__(said)
        self.why = why
        self.said = said


@dataclass(frozen=True, slots=True, repr=False)
class Absence:
    """What a browser takes along while it is at the provider, sealed, and must bring back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    at: datetime


class IdentityProvider:
    """One provider as the settings name it; safe to call from many threads.

    Its document and keys are kept for an hour and outlive its being away; it is asked by at most
    AT_ONCE threads at one time, so that a slow one does not stop the house.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._hosts = (*_own_host(settings.oidc_issuer), *settings.oidc_hosts)
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._document: _Kept | None = None
        self._keys: _Kept | None = None

    @property
    def issuer(self) -> str:
        """The provider's name."""
        return self._settings.oidc_issuer

    def way_there(self, absence: Absence, back: str) -> str:
        """The address that a browser is sent to; it comes back to `back` with a code.

        Errors: ProviderFault.
        """
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": back,
            "scope": self._settings.oidc_scopes,
            "state": absence.state,
            "nonce": absence.nonce,
            "code_challenge": create_s256_code_challenge(absence.verifier),
            "code_challenge_method": "S256",
        }
        if self._settings.oidc_required_acr:
            asked["acr_values"] = " ".join(self._settings.oidc_required_acr)
        return _with_query(self.document()["authorization_endpoint"], asked)

    def way_out(self, token: str, back: str) -> str:
        """The address at which a browser's session at the provider ends; "" where it has none."""
        try:
            leave = self.document().get("end_session_endpoint", "")
        except ProviderFault:
            return ""
        asked = {"id_token_hint": token, "post_logout_redirect_uri": back}
        asked["client_id"] = self._settings.oidc_client_id
        return _with_query(leave, asked) if leave else ""

    def vouched(self, code: str, absence: Absence, back: str) -> Vouched:
        """Whom the provider vouches for, by the code that the browser brought.

        Errors: ProviderFault.
        Source: OpenID Connect Core 1.0, sections 3.1.3 (Token Endpoint) and 5.3 (UserInfo).
        """
        given = self._exchanged(code, absence, back)
        token, access = str(given.get("id_token", "")), str(given.get("access_token", ""))
        settings = self._settings
        expected = Expected(
            settings.oidc_issuer, settings.oidc_client_id, absence.nonce, self._clock()
        )
        claims = self._claims(token, expected, access)
        login = told_login(claims, settings.oidc_login_claim)
        if not login:
            login = told_login(self._told(access, claims["sub"]), settings.oidc_login_claim)
        acr, amr = settings.oidc_required_acr, settings.oidc_required_amr
        factor = proves_factor(claims, acr, amr)
        return Vouched(settings.oidc_issuer, claims["sub"], login, factor, token)

    def document(self) -> Mapping[str, Any]:
        """What the provider says of itself.

        Errors: ProviderFault.
        Source: OpenID Connect Discovery 1.0, section 4.3: the issuer in it is the one asked for.
        """
        kept, now = self._document, self._clock()
        if kept is not None and now - kept.at < KEPT:
            return dict(kept.value)
        try:
            told = self._object(self._settings.oidc_issuer.rstrip("/") + DOCUMENT)
            document = self._checked(told)
        except ProviderFault as fault:
            if kept is None:
                raise
            logger.warning("oidc.document_stale", why=fault.said)
            document = dict(kept.value)
        self._document = _Kept(document, now)
        return document

    def read_keys(self) -> int:
        """Read the provider's keys anew; how many there are.

        Errors: ProviderFault.
        """
        listed = self._object(self.document()["jwks_uri"]).get("keys")
        keys = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        self._keys = _Kept(keys, self._clock())
        return len(keys)

    def clock_ahead(self) -> timedelta | None:
        """How far the provider's clock is before ours; None when it does not tell the time.

        Errors: ProviderFault.
        """
        told = self._got(self._settings.oidc_issuer.rstrip("/") + DOCUMENT).date
        try:
            return parsedate_to_datetime(told) - self._clock()
        except (ValueError, TypeError):
            return None

    def _claims(self, token: str, expected: Expected, access: str) -> dict[str, Any]:
        """A key that is not known may be newer than those that were read: they are read anew."""
        kept, now = self._keys, expected.now
        if kept is None or now - kept.at >= KEPT:
            self.read_keys()
        try:
            try:
                return claims_of(token, self._keys.value if self._keys else (), expected, access)
            except UnknownKey:
                if kept is None or now - kept.at < AGAIN:
                    raise
                self.read_keys()
                return claims_of(token, self._keys.value if self._keys else (), expected, access)
        except NotGenuineToken as fault:
            logger.warning("oidc.token_refused", why=str(fault))
            raise ProviderFault(SignOnFault.NOT_GENUINE, str(fault)) from None

    def _checked(self, told: Mapping[str, Any]) -> dict[str, Any]:
        if told.get("issuer") != self._settings.oidc_issuer:
            raise ProviderFault(SignOnFault.AWAY, "its document names another issuer")
        named = {name: told.get(name) for name in (*NEEDED, *OFFERED) if told.get(name)}
        for name in NEEDED:
            if name not in named:
                raise ProviderFault(SignOnFault.AWAY, f"its document has no {name}")
        for name, url in named.items():
            if not (isinstance(url, str) and self._may_go(url)):
                do = "name its host in OIDC_HOSTS if it is the provider's"
                raise ProviderFault(SignOnFault.AWAY, f"{name} lies elsewhere; {do}")
        methods = told.get("token_endpoint_auth_methods_supported")
        in_form = isinstance(methods, list) and "client_secret_basic" not in methods
        return {**named, "secret_in_form": in_form and "client_secret_post" in (methods or ())}

    def _may_go(self, url: str) -> bool:
        open_line = url.startswith("http://") and self._settings.oidc_issuer.startswith("https://")
        return not open_line and may_fetch(url, self._hosts)

    def _exchanged(self, code: str, absence: Absence, back: str) -> dict[str, Any]:
        settings, document = self._settings, self.document()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": absence.verifier,
        }
        headers = dict(FORM)
        if document["secret_in_form"]:
            form["client_id"], form["client_secret"] = _credentials(settings)
        else:  # RFC 6749, section 2.3.1: each is encoded as in a form first
            both = ":".join(quote_plus(one) for one in _credentials(settings))
            headers["Authorization"] = f"Basic {b64encode(both.encode()).decode()}"
        sent = Form(urlencode(form).encode(), headers)
        return self._object(document["token_endpoint"], sent)

    def _told(self, access: str, subject: str) -> dict[str, Any]:
        """What the provider tells of a person beside the token, where it tells anything."""
        place = self.document().get("userinfo_endpoint")
        if not place or not access:
            return {}
        headers = {**FORM, "Authorization": f"Bearer {access}"}
        told = self._object(place, Form(b"", headers))
        return told if told.get("sub") == subject else {}

    def _object(self, url: str, form: Form | None = None) -> dict[str, Any]:
        """A JSON object of the provider's."""
        got = self._got(url, form)
        try:
            found = json.loads(got.content)
        except (ValueError, RecursionError):
            found = None
        if got.status == 200 and isinstance(found, dict):
            return found
        raise _refusal(got, found)

    def _got(self, url: str, form: Form | None = None) -> Got:
        with self._one_of_few():
            try:
                return fetch(url, self._hosts, BOUNDS, form)
            except NotFetched as fault:
                raise ProviderFault(SignOnFault.AWAY, str(fault.why)) from None

    @contextmanager
    def _one_of_few(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise ProviderFault(SignOnFault.BUSY, f"{AT_ONCE} others wait for it")
        try:
            yield
        finally:
            self._room.release()


def _refusal(got: Got, found: object) -> ProviderFault:
    """Source: RFC 6749, section 5.2: invalid_grant is the browser's fault, all else is ours."""
    named = found.get("error") if isinstance(found, dict) else None
    error = named if isinstance(named, str) and named.isascii() else ""
    if error == "invalid_grant":
        return ProviderFault(SignOnFault.NOT_GENUINE, error)
    return ProviderFault(SignOnFault.AWAY, f"HTTP {got.status} {error[:40]}".strip())


def _credentials(settings: Settings) -> tuple[str, str]:
    return settings.oidc_client_id, settings.oidc_client_secret


def _own_host(issuer: str) -> tuple[str, ...]:
    """The issuer's own machine: somebody named it on purpose, so it may lie inside."""
    parts = urlsplit(issuer)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (f"{parts.hostname}:{port}",) if parts.hostname else ()


def _with_query(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"
