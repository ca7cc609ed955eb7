"""The province's identity provider under /oidc: people log in, and the house hears who they are."""

import asyncio
import base64
import hashlib
import html
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus, urlencode, urlsplit

from aiohttp import web

from sandbox.gate import Handler
from sandbox.identity_tokens import Keys, b64, half_hash, signed
from sandbox.world import WORLD, World

Json = dict[str, Any]
ROOT = "/oidc"
CODE_LIFE, TOKEN_LIFE = 60, 300
MOST_CODES = 500
# Who works at the desks of the rehearsal, by the logins of the demo accounts.
STAFF = ("can-bo", "quan-tri")

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Tài khoản của tỉnh (diễn tập)</title>
<body style="font:16px/1.5 sans-serif;max-width:30em;margin:3em auto;padding:0 1em">
<h1 style="font-size:1.3em">Tài khoản của tỉnh (diễn tập)</h1>
<form action="{root}/authorize/allow">{hidden}
<p><label>Tên đăng nhập <input name="login" list="staff" required autofocus></label></p>
<datalist id="staff">{staff}</datalist>
<p><label><input type="checkbox" name="mfa" value="1" checked> Có nhập mã xác thực (OTP)</label></p>
<p><button>Đăng nhập</button> <a href="{refuse}">Hủy</a></p></form></body></html>"""


@dataclass(frozen=True, slots=True)
class Grant:
    """Who logged in, with what, and for which question of the house."""

    login: str
    mfa: bool
    asked: dict[str, str]
    at: float


@dataclass(slots=True)
class Identities:
    """What the provider remembers: its keys, codes that were given out, tokens for userinfo."""

    keys: Keys = field(default_factory=Keys)
    codes: dict[str, Grant] = field(default_factory=dict)
    told: dict[str, Grant] = field(default_factory=dict)


IDENTITIES = web.AppKey("identities", Identities)


def add_routes(app: web.Application) -> None:
    """Put the provider into the sandbox."""
    app[IDENTITIES] = Identities()
    for path, view in {
        "/.well-known/openid-configuration": document,
        "/keys": keys,
        "/authorize": authorize,
        "/authorize/allow": allow,
        "/userinfo": userinfo,
        "/end": end,
    }.items():
        app.router.add_get(ROOT + path, _under_faults(view))
    app.router.add_post(f"{ROOT}/token", _under_faults(token))
    app.router.add_post(f"{ROOT}/userinfo", _under_faults(userinfo))


def _under_faults(view: Handler) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        faults = request.app[WORLD].faults
        if faults.take("oidc_slow"):
            await asyncio.sleep(float(faults.setting("oidc_slow")) / 1000)
        if faults.take("oidc_down"):
            return web.Response(status=503, text="Service Unavailable")
        return await view(request)

    return handle


async def document(request: web.Request) -> web.StreamResponse:
    """What the provider says of itself (OpenID Connect Discovery 1.0, section 3)."""
    world = request.app[WORLD]
    own = issuer(world)
    elsewhere = world.faults.take("oidc_elsewhere")
    return web.json_response(
        {
            "issuer": own,
            "authorization_endpoint": f"{own}/authorize",
            "token_endpoint": f"{own}/token",
            "userinfo_endpoint": f"{own}/userinfo",
            "end_session_endpoint": f"{own}/end",
            "jwks_uri": "http://169.254.169.254/keys" if elsewhere else f"{own}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "claims_supported": ["sub", "preferred_username", "amr", "acr"],
        }
    )


async def keys(request: web.Request) -> web.StreamResponse:
    """The public keys."""
    return web.json_response(request.app[IDENTITIES].keys.published())


async def authorize(request: web.Request) -> web.StreamResponse:
    """The page on which staff log in at the provider."""
    asked = _asked(request)
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in asked.items()
    )
    refuse = html.escape(_back(asked, error="access_denied"))
    staff = "".join(f"<option>{login}</option>" for login in STAFF)
    page = PAGE.format(root=ROOT, hidden=hidden, refuse=refuse, staff=staff)
    return web.Response(text=page, content_type="text/html")


async def allow(request: web.Request) -> web.StreamResponse:
    """Somebody has logged in: back to the house with a code."""
    world, store, asked = request.app[WORLD], request.app[IDENTITIES], _asked(request)
    if world.faults.take("oidc_denied"):
        raise web.HTTPFound(_back(asked, error="access_denied"))
    login, code = request.query.get("login", "").strip(), secrets.token_urlsafe(24)
    if not login:
        raise web.HTTPBadRequest(text="login is missing")
    store.codes[code] = Grant(login, request.query.get("mfa") == "1", asked, world.clock.now())
    while len(store.codes) > MOST_CODES:
        store.codes.pop(next(iter(store.codes)))
    more = {"state": "another"} if world.faults.take("oidc_wrong_state") else {}
    raise web.HTTPFound(_back(asked, code=code, iss=issuer(world), **more))


async def token(request: web.Request) -> web.StreamResponse:
    """A code becomes a token that says who it is (OpenID Connect Core 1.0, section 3.1.3)."""
    world, store = request.app[WORLD], request.app[IDENTITIES]
    form = {name: str(value) for name, value in (await request.post()).items()}
    if not _is_client(world, request.headers.get("Authorization", "")):
        return web.json_response({"error": "invalid_client"}, status=401)
    grant = store.codes.pop(form.get("code", ""), None)
    if grant is None or not _fits(grant, form, world.clock.now()):
        return web.json_response({"error": "invalid_grant"}, status=400)
    access = secrets.token_urlsafe(32)
    store.told[access] = grant
    while len(store.told) > MOST_CODES:
        store.told.pop(next(iter(store.told)))
    answer = {"access_token": access, "token_type": "Bearer", "expires_in": TOKEN_LIFE}
    return web.json_response(answer | {"id_token": _id_token(world, store.keys, grant, access)})


async def userinfo(request: web.Request) -> web.StreamResponse:
    """What else is known of who logged in."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    grant = request.app[IDENTITIES].told.get(given)
    if grant is None:
        return web.json_response({"error": "invalid_token"}, status=401)
    return web.json_response({"sub": _subject(grant.login), "preferred_username": grant.login})


async def end(request: web.Request) -> web.StreamResponse:
    """The session at the provider is over (OpenID Connect RP-Initiated Logout 1.0)."""
    back = request.query.get("post_logout_redirect_uri", "")
    house = urlsplit(request.app[WORLD].settings.identity.callback)
    if back and urlsplit(back).netloc == house.netloc:
        raise web.HTTPFound(back)
    return web.Response(text="Đã đăng xuất khỏi tài khoản của tỉnh (diễn tập).")


def issuer(world: World) -> str:
    """The provider's name, which is its address."""
    return world.address + ROOT


def _asked(request: web.Request) -> dict[str, str]:
    settings = request.app[WORLD].settings.identity
    wanted = {"client_id": settings.client_id, "redirect_uri": settings.callback}
    for name, value in wanted.items():
        if request.query.get(name) != value:
            raise web.HTTPBadRequest(text=f"{name} is not the registered one, {value}")
    if "openid" not in request.query.get("scope", "").split():
        raise web.HTTPBadRequest(text="scope lacks openid")
    known = (*wanted, "scope", "state", "nonce", "code_challenge", "response_type")
    return {name: request.query[name] for name in known if name in request.query}


def _back(asked: dict[str, str], **brought: str) -> str:
    return f"{asked['redirect_uri']}?{urlencode({'state': asked.get('state', ''), **brought})}"


def _is_client(world: World, header: str) -> bool:
    try:
        both = base64.b64decode(header.removeprefix("Basic ")).decode()
    except ValueError:
        return False
    name, _, secret = (unquote_plus(one) for one in both.partition(":"))
    settings = world.settings.identity
    return name == settings.client_id and secrets.compare_digest(
        secret.encode(), settings.client_secret.encode()
    )


def _fits(grant: Grant, form: dict[str, str], now: float) -> bool:
    challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
    return (
        form.get("grant_type") == "authorization_code"
        and form.get("redirect_uri") == grant.asked["redirect_uri"]
        and now - grant.at <= CODE_LIFE
        and grant.asked.get("code_challenge") == challenge
    )


def _subject(login: str) -> str:
    return hashlib.sha256(f"subject of {login}".encode()).hexdigest()[:24]


def _id_token(world: World, store: Keys, grant: Grant, access: str) -> str:
    faults, now, settings = world.faults, int(world.clock.now()), world.settings.identity
    claims: Json = {
        "iss": issuer(world),
        "sub": _subject(grant.login),
        "aud": settings.client_id,
        "azp": settings.client_id,
        "iat": now,
        "exp": now + TOKEN_LIFE,
        "auth_time": now,
        "nonce": grant.asked.get("nonce", ""),
        "at_hash": half_hash(access),
        "amr": ["pwd", "otp", "mfa"] if grant.mfa else ["pwd"],
        "preferred_username": grant.login,
    }
    if faults.take("oidc_no_login"):
        del claims["preferred_username"]
    wrong: Json = {
        "oidc_wrong_nonce": {"nonce": "another"},
        "oidc_wrong_audience": {"aud": "another-client"},
        "oidc_other_party": {"azp": "another-client"},
        "oidc_wrong_issuer": {"iss": "https://another.example"},
        "oidc_expired": {"exp": now - int(faults.setting("oidc_expired"))},
        "oidc_early": {"nbf": now + int(faults.setting("oidc_early"))},
    }
    for name, change in wrong.items():
        if faults.take(name):
            claims |= change
    if faults.take("oidc_new_key"):
        store.change()
    algorithm = "RS256"
    for name, other in (("oidc_alg_none", "none"), ("oidc_alg_hs256", "HS256")):
        algorithm = other if faults.take(name) else algorithm
    signer = Keys() if faults.take("oidc_foreign_key") else store
    kid = store.kid(algorithm)
    return signed(signer, algorithm, claims, kid, settings.client_secret)
