"""The door of the SMS gateways under /sms: faults, checks, books, answers, the log."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.gate import Handler, cut, nonsense
from sandbox.request_log import Logged
from sandbox.sms_esms import ESMS
from sandbox.sms_faults import sms_fault
from sandbox.sms_gateway import Gateway, Order, Post, Refusal, RefusedSmsError, Sms
from sandbox.sms_length import parts_of
from sandbox.sms_network import SmsNetwork
from sandbox.sms_speedsms import SPEEDSMS
from sandbox.sms_vietguys import VIETGUYS
from sandbox.wire import dumps
from sandbox.world import WORLD, World

ALL = (ESMS, SPEEDSMS, VIETGUYS)
SMS_NETWORK = web.AppKey("sms_network", SmsNetwork)
FORCED = ("wrong_key", "no_money", "rate")
Answered = tuple[web.Response, int | str]


def add_routes(routes: web.UrlDispatcher) -> None:
    """Put the gateways into the app."""
    for gateway in ALL:
        routes.add_post(f"/sms/{gateway.name}", _route(gateway))


def _route(gateway: Gateway) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        world, started = request.app[WORLD], time.perf_counter()
        slow = sms_fault(gateway.name, "slow")
        if world.faults.take(slow):
            await asyncio.sleep(float(world.faults.setting(slow)) / 1000)
        response, error = await _answered(gateway, world, request)
        ms = round((time.perf_counter() - started) * 1000, 1)
        path, now = request.path, world.clock.now()
        world.log(Logged("in", "POST", path, response.status, error, ms, now, "SMS"))
        return response

    return handle


async def _answered(gateway: Gateway, world: World, request: web.Request) -> Answered:
    if world.faults.take(sms_fault(gateway.name, "cut_before")):
        cut(request)
        return web.Response(status=500), "cut_before"
    try:
        _refuse_by_fault(gateway, world)
        body = await _body(request)
        answer = _take(gateway, request.app[SMS_NETWORK], world, Post(_lower(request), body))
    except RefusedSmsError as refused:
        no = refused.refusal
        told = web.json_response(gateway.refused(no), status=no.status, dumps=dumps)
        return told, no.code
    lost = await _lost_answer(gateway, world, request)
    return lost or (web.json_response(answer, dumps=dumps), 0)


def _refuse_by_fault(gateway: Gateway, world: World) -> None:
    for what in FORCED:
        if world.faults.take(sms_fault(gateway.name, what)):
            raise RefusedSmsError(gateway.codes[what])
    chosen = sms_fault(gateway.name, "error_code")
    if world.faults.take(chosen):
        code = gateway.write_code(int(world.faults.setting(chosen)))
        raise RefusedSmsError(Refusal(code, "Refused by a fault switch"))


def _take(gateway: Gateway, network: SmsNetwork, world: World, post: Post) -> dict[str, Any]:
    """Check one request, write it down and send it on; gives the answer.

    Errors: RefusedSmsError, and then nothing has happened.
    """
    accounts, now = world.settings.sms, world.clock.now()
    batch = gateway.read(accounts, post)
    sms_id = gateway.new_id()
    taken = [_priced(gateway, world, order, sms_id) for order in batch.orders]
    if batch.rehearsal:
        return gateway.taken(sms_id, taken, batch)
    if world.sms.wallets[gateway.name] < sum(sms.cost for sms in taken):
        raise RefusedSmsError(gateway.codes["no_money"])
    for sms in taken:
        sms.dropped = _is_dropped(gateway, world, sms, now)
    for sms in taken:
        world.sms.enter(gateway, sms.order, 0.0 if sms.dropped else sms.cost, now)
        network.take(gateway, sms)
    return gateway.taken(sms_id, taken, batch)


def _priced(gateway: Gateway, world: World, order: Order, sms_id: str) -> Sms:
    parts = parts_of(order.text)
    return Sms(gateway.name, sms_id, order, parts, parts * world.settings.sms.price)


def _is_dropped(gateway: Gateway, world: World, sms: Sms, now: float) -> bool:
    if gateway.repeat is not None and world.sms.is_repeat(gateway, sms.order, now):
        raise RefusedSmsError(gateway.repeat)
    same = world.sms.is_same_text(gateway, sms.order, now)
    if same and gateway.same_text is not None:
        raise RefusedSmsError(gateway.same_text)
    return same


async def _lost_answer(gateway: Gateway, world: World, request: web.Request) -> Answered | None:
    """The faults after the side effect: the SMS is on its way, its answer never arrives."""
    faults = world.faults
    if faults.take(sms_fault(gateway.name, "http_500_after")):
        return web.Response(status=500, text="Internal Server Error"), "http_500_after"
    if faults.take(sms_fault(gateway.name, "cut_after")):
        cut(request)
        return web.Response(status=500), "cut_after"
    lies = sms_fault(gateway.name, "nonsense_after")
    if faults.take(lies):
        return nonsense(faults.setting(lies)), "nonsense_after"
    timeout = sms_fault(gateway.name, "timeout_after")
    if faults.take(timeout):
        await asyncio.sleep(float(faults.setting(timeout)))
        cut(request)
        return web.Response(status=504), "timeout_after"
    return None


async def _body(request: web.Request) -> dict[str, Any]:
    """A JSON object or a form; anything else reads as empty, so that the checks name it."""
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return {name: value for name, value in (await request.post()).items()}
    try:
        value = json.loads(await request.read())
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _lower(request: web.Request) -> Mapping[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}
