"""The control API: routes, its own description, and answers to wrong requests."""

import html
import json
from typing import Any

from aiohttp import web

from sandbox import control_people, control_post, control_world, live
from sandbox.asked import Asked, AskedWrongError
from sandbox.control_table import GETS, POSTS, Act
from sandbox.one_stop import OneStop
from sandbox.post_docs import POST_PAGE
from sandbox.short_code import ShortCode
from sandbox.sms_docs import SMS_PAGE
from sandbox.story import Story
from sandbox.wire import dumps
from sandbox.world import WORLD, World

ONE_STOP = web.AppKey("one_stop", OneStop)
STORY = web.AppKey("story", Story)
SHORT_CODE = web.AppKey("short_code", ShortCode)

HEAD = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Sandbox control</title>
<style>body{font:16px/1.5 sans-serif;max-width:52em;margin:2em auto;padding:0 1em}
pre{background:#f2f4f7;padding:.6em;overflow:auto}h2{font-size:1em;margin-bottom:0}</style>
<h1>Sandbox control</h1>
<p>JSON in, JSON out: <code>{"ok":true,…}</code>, or HTTP 400 with
<code>{"ok":false,"error":"what came, what was expected"}</code>. Users are named by alias
(an, binh, chi) or id; an unknown one is invented. <a href="/">The phones</a></p>
"""


def add_routes(app: web.Application) -> None:
    """Put the control API into the app."""
    routes = app.router
    bound = {
        "/control/dossier": _dossier(app),
        "/control/sms": _sms(app),
        "/control/story": _story(app),
    }
    for post in POSTS:
        routes.add_post(post.path, _handler(post.act or bound[post.path]))
    routes.add_get("/control", describe)
    routes.add_get("/control/state", live.state)
    routes.add_get("/control/stream", live.stream)
    routes.add_get("/control/messages", live.messages)
    routes.add_get("/control/requests", live.requests)
    routes.add_get("/control/fault", live.faults)
    routes.add_get("/control/parcels", control_post.parcels)


def _dossier(app: web.Application) -> Act:
    async def act(world: World, asked: Asked) -> dict[str, Any]:
        return await control_world.dossier(world, asked, app[ONE_STOP])

    return act


def _sms(app: web.Application) -> Act:
    async def act(world: World, asked: Asked) -> dict[str, Any]:
        return await control_people.sms(world, asked, app[SHORT_CODE])

    return act


def _story(app: web.Application) -> Act:
    async def act(_world: World, asked: Asked) -> dict[str, Any]:
        return await app[STORY].control(asked)

    return act


def _handler(act: Act) -> Any:
    async def handle(request: web.Request) -> web.Response:
        try:
            asked = Asked(_parsed(await request.read()))
            answer = await act(request.app[WORLD], asked)
        except AskedWrongError as wrong:
            refusal = {"ok": False, "error": str(wrong)}
            return web.json_response(refusal, status=400, dumps=dumps)
        return web.json_response({"ok": True} | answer, dumps=dumps)

    return handle


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw or b"{}")
    except ValueError:
        raise AskedWrongError("the body is not JSON; expected a JSON object") from None


async def describe(request: web.Request) -> web.Response:
    """GET /control: the API with an example body each, as a page or as JSON."""
    if "application/json" in request.headers.get("Accept", ""):
        posts = [{"path": one.path, "does": one.does, "example": one.example} for one in POSTS]
        gets = [{"path": path, "does": does} for path, does in GETS]
        return web.json_response({"post": posts, "get": gets}, dumps=dumps)
    parts = [HEAD]
    for one in POSTS:
        body = html.escape(json.dumps(one.example, ensure_ascii=False))
        does = html.escape(one.does)
        parts.append(f"<h2>POST {one.path}</h2><p>{does}</p><pre>{body}</pre>")
    for path, does in GETS:
        parts.append(f'<h2>GET <a href="{path}">{path}</a></h2><p>{html.escape(does)}</p>')
    parts.append(SMS_PAGE)
    parts.append(POST_PAGE)
    parts.append("<h2>Fault switches</h2><table>")
    for fault in request.app[WORLD].faults.seen():
        about = f"{fault['description']} (value {fault['value']})"
        parts.append(f"<tr><td><code>{fault['name']}</code><td>{html.escape(about)}</tr>")
    parts.append("</table></html>")
    return web.Response(text="".join(parts), content_type="text/html")
