"""Assembles the sandbox's web application; building it starts nothing."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from aiohttp import web

from sandbox import control, identity, post_office, sms_gate, uploads, zalo_routes
from sandbox.gate import Handler
from sandbox.one_stop import OneStop
from sandbox.settings import Settings
from sandbox.short_code import ShortCode
from sandbox.sms_gate import SMS_NETWORK
from sandbox.sms_network import SmsNetwork
from sandbox.sms_reports import SmsReports
from sandbox.state_file import keep_saving, load, save
from sandbox.story import Story
from sandbox.world import WORLD, World

PAGE = Path(__file__).parent / "page"
BODY_LIMIT = 24 * 1024 * 1024
# Shorter than the product's own keep-alive: an idle connection must not be cut under a webhook.
KEEP_ALIVE = 1.0


def create_app(settings: Settings) -> web.Application:
    """The whole sandbox for these settings."""
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[_one_line])
    app[WORLD] = World(settings)
    load(app[WORLD])
    app.cleanup_ctx.append(_background)
    app.on_shutdown.append(_hang_up)
    zalo_routes.add_routes(app.router)
    sms_gate.add_routes(app.router)
    post_office.add_routes(app.router)
    identity.add_routes(app)
    control.add_routes(app)
    app.router.add_get("/media/{id}", uploads.media)
    app.router.add_get("/", _index)
    app.router.add_get("/page/{path:.+}", _page_file)
    return app


@web.middleware
async def _one_line(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever breaks inside is one line for the operator, and the server goes on."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception as failure:
        print(f"sandbox: {request.method} {request.path} failed: {failure!r}", file=sys.stderr)
        return web.json_response({"error": -1, "message": "Internal error"}, status=500)


async def _background(app: web.Application) -> AsyncIterator[None]:
    """The clock, the saving and the seeding live as long as the server."""
    world = app[WORLD]
    connector = aiohttp.TCPConnector(limit=200, keepalive_timeout=KEEP_ALIVE)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
        world.webhooks.open(session)
        app[control.ONE_STOP] = OneStop(world, session)
        app[control.SHORT_CODE] = ShortCode(world, session)
        app[control.STORY] = Story(world, app[control.ONE_STOP], app[control.SHORT_CODE])
        reports = SmsReports(world, session)
        app[SMS_NETWORK] = SmsNetwork(world, reports)
        work = [asyncio.create_task(world.clock.run()), asyncio.create_task(keep_saving(world))]
        if world.settings.feed_key_id:
            work.append(asyncio.create_task(app[control.ONE_STOP].seed()))
        yield
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await app[control.STORY].close()
        await reports.close()
        await world.webhooks.close()
    save(world)


async def _hang_up(app: web.Application) -> None:
    app[WORLD].stream.close()


async def _index(_request: web.Request) -> web.StreamResponse:
    return _file("index.html")


async def _page_file(request: web.Request) -> web.StreamResponse:
    return _file(request.match_info["path"])


def _file(name: str) -> web.StreamResponse:
    path = (PAGE / name).resolve()
    if not path.is_relative_to(PAGE.resolve()) or not path.is_file():
        raise web.HTTPNotFound(text=f"{name} is not part of the page\n")
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})
