"""The sandbox's state for the page: at once as JSON, then as server-sent events."""

import asyncio
from typing import Any

from aiohttp import web

from sandbox.wire import dumps
from sandbox.world import WORLD, World

HEARTBEAT = 15.0


async def state(request: web.Request) -> web.Response:
    """GET /control/state."""
    return web.json_response(request.app[WORLD].state(), dumps=dumps)


async def messages(request: web.Request) -> web.Response:
    """GET /control/messages?user=an; an unknown user has no messages."""
    world, who = request.app[WORLD], request.query.get("user")
    uid = who and next((one.uid for one in world.people if who in (one.uid, one.alias)), "-")
    shown = [one.seen() for one in world.messages.of(uid or None)]
    return web.json_response({"messages": shown}, dumps=dumps)


async def requests(request: web.Request) -> web.Response:
    """GET /control/requests."""
    return web.json_response({"requests": request.app[WORLD].requests.seen()}, dumps=dumps)


async def faults(request: web.Request) -> web.Response:
    """GET /control/fault."""
    return web.json_response({"faults": request.app[WORLD].faults.seen()}, dumps=dumps)


async def stream(request: web.Request) -> web.StreamResponse:
    """GET /control/stream: the state, then every change, and a heartbeat."""
    world = request.app[WORLD]
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}
    )
    await response.prepare(request)
    queue = world.stream.open()
    try:
        await response.write(_event("state", world.state()))
        while not world.stream.closed:
            await response.write(await _next_chunk(world, queue))
    except ConnectionError:
        return response
    finally:
        world.stream.leave(queue)
    return response


async def _next_chunk(world: World, queue: asyncio.Queue[tuple[str, Any]]) -> bytes:
    try:
        async with asyncio.timeout(HEARTBEAT):
            name, changed = await queue.get()
    except TimeoutError:
        return b": still here\n\n"
    chunks = [_event(name, world.state() if name == "state" else changed)]
    while not queue.empty():
        name, changed = queue.get_nowait()
        chunks.append(_event(name, world.state() if name == "state" else changed))
    return b"".join(chunks)


def _event(name: str, value: Any) -> bytes:
    return f"event: {name}\ndata: {dumps(value)}\n\n".encode()
