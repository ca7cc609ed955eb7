"""The door of every API call: rate, token, proof, faults, HTTP 200 with an error code, the log."""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.drafts import RefusedError
from sandbox.request_log import Logged, masked
from sandbox.signing import appsecret_proof
from sandbox.wire import dumps
from sandbox.world import WORLD, World

Json = dict[str, Any]
JSON = "application/json"
TOKEN_REFUSALS = {
    -216: "Access token is invalid",
    -220: "Access token is expired or removed",
}


@dataclass(slots=True)
class Call:
    """One API call on its way: `summary` goes into the log, `headers` into the answer."""

    world: World
    request: web.Request
    body: Json = field(default_factory=dict)
    summary: str = ""
    headers: dict[str, str] = field(default_factory=dict)


View = Callable[[Call], Awaitable[Json]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def openapi(view: View, sends: bool = False) -> Handler:
    """A route of the OA API; `sends` puts it under the faults of sending."""
    return _route(view, _open_openapi, sends)


def zbs(view: View, sends: bool = False) -> Handler:
    """A route of the ZBS API: other token codes, not counted by the rate (manual 7)."""
    return _route(view, _open_zbs, sends)


def _route(view: View, door: Callable[[Call], Awaitable[None]], sends: bool) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        call = Call(request.app[WORLD], request)
        started = time.perf_counter()
        if call.world.faults.take("slow"):
            await asyncio.sleep(float(call.world.faults.setting("slow")) / 1000)
        response, error = await _answered(call, view, door, sends)
        note(call, response.status, error, started)
        return response

    return handle


def note(call: Call, status: int, error: int | str | None, started: float) -> None:
    """Write one incoming request into the log."""
    request, ms = call.request, round((time.perf_counter() - started) * 1000, 1)
    now, headers = call.world.clock.now(), masked(request.headers)
    call.world.log(
        Logged("in", request.method, request.path, status, error, ms, now, call.summary, headers)
    )


async def _answered(
    call: Call, view: View, door: Callable[[Call], Awaitable[None]], sends: bool
) -> tuple[web.Response, int | str | None]:
    faults = call.world.faults
    try:
        if sends and faults.take("timeout_before"):
            await hold(call, float(faults.setting("timeout_before")))
            return web.Response(status=504), "timeout"
        if sends and faults.take("nonsense_before"):
            return nonsense(faults.setting("nonsense_before")), "nonsense_before"
        await door(call)
        await _read(call)
        if sends:
            _refuse_by_fault(call.world)
        answer = await view(call)
    except RefusedError as refused:
        refusal = {"error": refused.code, "message": refused.message}
        return _json(call, refusal), refused.code
    if sends:
        lost = await _lost_answer(call)
        if lost is not None:
            return lost
    return _json(call, {"error": 0, "message": "Success"} | answer), 0


def _json(call: Call, answer: Json) -> web.Response:
    return web.json_response(answer, headers=call.headers, dumps=dumps)


async def _open_openapi(call: Call) -> None:
    faults = call.world.faults
    ceiling = int(faults.setting("rate_limit"))
    remain = call.world.rate.use(call.world.clock.now(), ceiling)
    call.headers = {
        "X-RateLimit-Limit": str(ceiling or 4000),
        "X-RateLimit-Remain": str(max(remain, 0)),
    }
    if remain < 0 or faults.take("rate_limited"):
        raise RefusedError(-32, "Your application has reached limit call api")
    token = call.request.headers.get("access_token", "")
    code = call.world.tokens.refusal(token, call.world.clock.now())
    if code:
        raise RefusedError(code, TOKEN_REFUSALS[code])
    _check_proof(call, token, -242)


async def _open_zbs(call: Call) -> None:
    token = call.request.headers.get("access_token", "")
    if call.world.tokens.refusal(token, call.world.clock.now()):
        raise RefusedError(-124, "Access token invalid")
    _check_proof(call, token, -1241)


def _check_proof(call: Call, token: str, code: int) -> None:
    if not call.world.faults.take("proof_required"):
        return
    came = call.request.headers.get("appsecret_proof", "")
    right = appsecret_proof(call.world.settings.app_secret, token)
    if not secrets.compare_digest(came.encode(), right.encode()):
        raise RefusedError(code, "appsecret_proof is invalid")


async def _read(call: Call) -> None:
    """Body of a POST, or the one `data` parameter (OA) and the query (ZBS) of a GET."""
    request = call.request
    if request.method == "GET":
        call.body = dict(request.query)
        if "data" in request.query:
            call.body = _object(request.query["data"].encode(), "data")
    elif not request.content_type.startswith("multipart/"):
        call.body = _object(await request.read(), "body")


def _object(raw: bytes, what: str) -> Json:
    try:
        value = json.loads(raw or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise RefusedError(-201, f"{what} is invalid")
    return value


def _refuse_by_fault(world: World) -> None:
    if world.faults.take("send_failed"):
        raise RefusedError(-200, "Send message failed")
    if world.faults.take("error_code"):
        raise RefusedError(int(world.faults.setting("error_code")), "Refused by a fault switch")


async def _lost_answer(call: Call) -> tuple[web.Response, str] | None:
    """The faults after the side effect: the message is out, its answer never arrives."""
    faults = call.world.faults
    if faults.take("http_500_after"):
        return web.Response(status=500, text="Internal Server Error"), "http_500_after"
    if faults.take("cut_after"):
        cut(call.request)
        return web.Response(status=500), "cut_after"
    if faults.take("nonsense_after"):
        return nonsense(faults.setting("nonsense_after")), "nonsense_after"
    if faults.take("timeout_after"):
        await hold(call, float(faults.setting("timeout_after")))
        return web.Response(status=504), "timeout_after"
    return None


def nonsense(value: Any) -> web.Response:
    """HTTP 200 with what no manual has: a proxy's page, an object of nothing, a list."""
    told = (("<html><h1>It works!</h1></html>", "text/html"), ("{}", JSON), ('["ok"]', JSON))
    text, kind = told[int(value) % len(told)]
    return web.Response(text=text, content_type=kind)


async def hold(call: Call, seconds: float) -> None:
    """Say nothing for so long, then hang up."""
    await asyncio.sleep(seconds)
    cut(call.request)


def cut(request: web.Request) -> None:
    """Cut the connection; whatever is answered afterwards goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
