"""The postal service under /post: token, orders, cancelling, tracking, and its faults."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.gate import Handler, cut
from sandbox.parcels import CANCELLED, STAGES, STRANGE, Parcel
from sandbox.post_order import Json, fault_of, side_of
from sandbox.request_log import Logged, masked
from sandbox.wire import dumps
from sandbox.world import WORLD, World

TOKEN_LIFE = 3600
MOST_ROWS = 100
AFTER = ("post_http_500_after", "post_timeout_after", "post_cut_after")
Answered = tuple[web.Response, str | int]
Deed = Callable[[World, Json], Json]


def add_routes(routes: web.UrlDispatcher) -> None:
    """Put the postal service into the app."""
    routes.add_post("/post/token", _route(_token))
    routes.add_post("/post/PostOrder", _route(_guarded(_order)))
    routes.add_post("/post/CancelOrder", _route(_guarded(_cancel)))
    routes.add_post("/post/GetOrderTracking", _route(_guarded(_tracking)))


def _route(answered: Callable[[web.Request, Json], Answered]) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        world, started = request.app[WORLD], time.perf_counter()
        response, error = await _through_faults(request, answered)
        ms = round((time.perf_counter() - started) * 1000, 1)
        path, now, headers = request.path, world.clock.now(), masked(request.headers)
        world.log(Logged("in", "POST", path, response.status, error, ms, now, "bưu điện", headers))
        return response

    return handle


async def _through_faults(
    request: web.Request, answered: Callable[[web.Request, Json], Answered]
) -> Answered:
    faults = request.app[WORLD].faults
    if faults.take("post_slow"):
        await asyncio.sleep(float(faults.setting("post_slow")) / 1000)
    if faults.take("post_http_500"):
        return web.Response(status=503, text="Service Unavailable"), "503"
    if faults.take("post_rate"):
        return _no(429, "429", "Too many requests"), "429"
    if faults.take("post_cut_before"):
        cut(request)
        return web.Response(status=500), "cut_before"
    body = _object(await request.read())
    if body is None:
        return _no(400, "400", "Body is not a JSON object"), "400"
    given = answered(request, body)
    return await _lost(request) or given


async def _lost(request: web.Request) -> Answered | None:
    """The faults after the deed: it is done, and its answer never arrives."""
    faults = request.app[WORLD].faults
    name = next((one for one in AFTER if faults.take(one)), None)
    if name is None:
        return None
    if name == "post_http_500_after":
        return web.Response(status=500, text="Internal Server Error"), name
    if name == "post_timeout_after":
        await asyncio.sleep(float(faults.setting(name)))
    cut(request)
    return web.Response(status=504), name


def _token(request: web.Request, body: Json) -> Answered:
    world = request.app[WORLD]
    account = world.settings.post
    right = body.get("username") == account.user and body.get("password") == account.password
    if not right or world.faults.take("post_no_token"):
        return _no(401, "401", "Sai tên đăng nhập hoặc mật khẩu"), "401"
    token = secrets.token_urlsafe(32)
    world.post_tokens[token] = world.clock.now() + TOKEN_LIFE
    return web.json_response({"access_token": token, "expires_in": TOKEN_LIFE}), 0


def _guarded(deed: Deed) -> Callable[[web.Request, Json], Answered]:
    """A call that needs a live token and our customer code."""

    def answered(request: web.Request, body: Json) -> Answered:
        world = request.app[WORLD]
        token = request.headers.get("access_token", "")
        if world.post_tokens.get(token, 0.0) <= world.clock.now():
            return _no(401, "401", "Token không hợp lệ hoặc đã hết hạn"), "401"
        if body.get("CustomerCode") != world.settings.post.customer_code:
            answer = {"Status": "205", "Message": "Mã khách hàng (CustomerCode) không đúng"}
        else:
            answer = deed(world, body)
        status = answer["Status"]
        return web.json_response(answer, dumps=dumps), 0 if status in ("100", "101") else status

    return answered


def _order(world: World, body: Json) -> Json:
    if world.faults.take("post_refuse"):
        status = str(int(world.faults.setting("post_refuse")))
        return {"Status": status, "Message": "Bưu điện không nhận đơn này"}
    wrong = fault_of(body)
    if wrong is not None:
        return {"Status": wrong[0], "Message": wrong[1]}
    known = world.parcels.by_order(body["OrderNumber"])
    if known is not None and known.stage != CANCELLED:
        known.times_ordered += 1
        world.show_parcel(known)
        return {"Status": "101", "Message": "Đơn đã tồn tại", "ItemCode": known.item_code}
    item = body.get("ItemCode", "")
    if item and world.parcels.carries(item):
        return {"Status": "204", "Message": f"Mã bưu gửi {item} đã dùng cho đơn khác"}
    sides = side_of(body, "Receiver"), side_of(body, "Sender")
    parcel = Parcel(body["OrderNumber"], item, world.clock.now(), *sides)
    world.show_parcel(world.parcels.take(parcel))
    return {"Status": "100", "Message": "Thành công", "ItemCode": parcel.item_code}


def _cancel(world: World, body: Json) -> Json:
    parcel = world.parcels.by_order(str(body.get("OrderNumber", "")))
    if parcel is None:
        return {"Status": "404", "Message": "Không có đơn này"}
    if not parcel.is_open and parcel.stage != CANCELLED:
        return {"Status": "102", "Message": "Bưu cục đã chấp nhận gửi, không hủy được"}
    parcel.stage = CANCELLED
    world.show_parcel(parcel)
    return {"Status": "100", "Message": "Đã hủy"}


def _tracking(world: World, body: Json) -> Json:
    size, last = body.get("pageSize"), body.get("lastId", 0)
    if type(size) is not int or not 1 <= size <= MOST_ROWS:
        return {"Status": "202", "Message": f"pageSize từ 1 đến {MOST_ROWS}"}
    if type(last) is not int or last < 0:
        return {"Status": "202", "Message": "lastId là số nguyên từ 0"}
    rows = [row.told() for row in world.parcels.after(last, size)]
    reached = rows[-1]["id"] if rows else last
    return {
        "Status": "100",
        "Message": "Thành công",
        "data": _distorted(world, rows, last),
        "lastId": reached,
    }


def _distorted(world: World, rows: list[Json], last: int) -> list[Json]:
    """The rows as an older or a careless service would tell them."""
    faults = world.faults
    if rows and faults.take("post_rows_disordered"):
        times = [row["statusTime"] for row in reversed(rows)]
        rows = [row | {"statusTime": moment} for row, moment in zip(rows, times, strict=True)]
    if rows and faults.take("post_rows_twice"):
        before = [row.told() for row in world.parcels.after(last - 1, 1)] if last else []
        rows = [*before, *(row for row in rows for _ in range(2))]
    if rows and faults.take("post_rows_bare"):
        left_out = ("itemCode", "statusTime")
        rows = [{name: row[name] for name in row if name not in left_out} for row in rows]
    return rows


def move(world: World, parcel: Parcel, stage: str, message: str) -> None:
    """Bring a parcel one stage on; a switch lets a line about somebody else's slip in first."""
    now = world.clock.now()
    if world.faults.take("post_rows_strange"):
        world.parcels.write(STRANGE, "", stage, STAGES[stage][1], now)
    world.parcels.move(parcel, stage, message, now)
    world.show_parcel(parcel)


def _object(raw: bytes) -> Json | None:
    try:
        value: Any = json.loads(raw or b"{}")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _no(http: int, status: str, message: str) -> web.Response:
    return web.json_response({"Status": status, "Message": message}, status=http, dumps=dumps)
