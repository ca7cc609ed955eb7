"""OAuth v4 under /oauth: the consent page and the token endpoint (manual 1)."""

import asyncio
import html
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from sandbox.gate import Call, hold, note
from sandbox.tokens import GrantRefusedError
from sandbox.world import OA_NAME, WORLD, World

REF_DOC = (
    "https://developers.zalo.me/docs/official-account/bat-dau/xac-thuc-va-uy-quyen-cho-ung-dung"
)
BAD_APP = (-14002, "Invalid app id")
BAD_REDIRECT = (-14003, "Invalid redirect uri")
BAD_SECRET = (-14004, "Invalid secret key")  # the manual names no code, only that it is not zero
BAD_GRANT_TYPE = (-118, "invalid_grant")

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Cấp quyền (diễn tập)</title>
<body style="font:16px/1.5 sans-serif;max-width:30em;margin:3em auto;padding:0 1em">
<h1 style="font-size:1.3em">{oa}</h1>
<p>Ứng dụng <b>{app}</b> xin quyền gửi tin và quản lý tin nhắn thay Official Account này.</p>
<p><a href="{allow}" style="background:#0068ff;color:#fff;padding:.6em 1.2em;border-radius:2em;
text-decoration:none">Cho phép</a></p></body></html>"""


async def permission(request: web.Request) -> web.Response:
    """The page on which an OA admin consents."""
    world, query = request.app[WORLD], request.query
    refusal = _consent_refusal(world, dict(query))
    if refusal:
        return _refused(refusal)
    allow = f"/oauth/v4/oa/permission/allow?{urlencode(dict(query))}"
    page = PAGE.format(oa=html.escape(OA_NAME), app=world.settings.app_id, allow=html.escape(allow))
    return web.Response(text=page, content_type="text/html")


async def allow(request: web.Request) -> web.Response:
    """The admin pressed the button: back to the callback with a code."""
    world, query = request.app[WORLD], dict(request.query)
    refusal = _consent_refusal(world, query)
    if refusal:
        return _refused(refusal)
    code = world.tokens.new_code(query.get("code_challenge", ""), world.clock.now())
    back = {"code": code, "oa_id": world.settings.oa_id}
    if "state" in query and not world.faults.take("state_not_echoed"):
        back["state"] = query["state"]
    target = query["redirect_uri"]
    joint = "&" if urlsplit(target).query else "?"
    raise web.HTTPFound(f"{target}{joint}{urlencode(back)}")


async def access_token(request: web.Request) -> web.StreamResponse:
    """POST /v4/oa/access_token: exchange a code or refresh; errors are HTTP 200."""
    world, started = request.app[WORLD], time.perf_counter()
    call = Call(world, request)
    form = {key: str(value) for key, value in (await request.post()).items()}
    call.summary = form.get("grant_type", "")
    if world.faults.take("slow"):
        await asyncio.sleep(float(world.faults.setting("slow")) / 1000)
    response, error = await _answered(call, form)
    note(call, response.status, error, started)
    return response


async def _answered(call: Call, form: dict[str, str]) -> tuple[web.Response, int | str]:
    world, faults = call.world, call.world.faults
    if faults.take("oauth_timeout_before"):
        await hold(call, float(faults.setting("oauth_timeout_before")))
        return web.Response(status=504), "oauth_timeout_before"
    if faults.take("oauth_error"):
        refusal = int(faults.setting("oauth_error")), "Refused by a fault switch"
        return _refused(refusal), refusal[0]
    try:
        pair = _granted(world, call.request, form)
    except GrantRefusedError as refused:
        return _refused((refused.code, refused.name)), refused.code
    world.changed = True
    if faults.take("oauth_500_after"):
        return web.Response(status=500, text="Internal Server Error"), "oauth_500_after"
    if faults.take("oauth_timeout_after"):
        await hold(call, float(faults.setting("oauth_timeout_after")))
        return web.Response(status=504), "oauth_timeout_after"
    return web.json_response(pair), 0


def _granted(world: World, request: web.Request, form: dict[str, str]) -> dict[str, Any]:
    settings, now = world.settings, world.clock.now()
    if form.get("app_id") != settings.app_id:
        raise GrantRefusedError(BAD_APP)
    if request.headers.get("secret_key") != settings.app_secret:
        raise GrantRefusedError(BAD_SECRET)
    if form.get("grant_type") == "authorization_code":
        return world.tokens.exchange(form.get("code", ""), form.get("code_verifier", ""), now)
    if form.get("grant_type") == "refresh_token":
        return world.tokens.refresh(form.get("refresh_token", ""), now)
    raise GrantRefusedError(BAD_GRANT_TYPE)


def _consent_refusal(world: World, query: dict[str, str]) -> tuple[int, str] | None:
    if query.get("app_id") != world.settings.app_id:
        return BAD_APP
    redirect = query.get("redirect_uri", "")
    if not redirect or (world.redirect_uri and redirect != world.redirect_uri):
        return BAD_REDIRECT
    return None


def _refused(reason: tuple[int, str]) -> web.Response:
    code, name = reason
    answer = {"error": code, "error_name": name, "error_reason": "", "ref_doc": REF_DOC}
    return web.json_response(answer | {"error_description": name, "message": name})
