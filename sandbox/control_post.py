"""The control API's part that plays the postman."""

from typing import Any

from aiohttp import web

from sandbox.asked import Asked, AskedWrongError
from sandbox.parcels import CANCELLED, STAGES
from sandbox.post_office import move
from sandbox.wire import dumps
from sandbox.world import WORLD, World

LONGEST = 300


async def post(world: World, asked: Asked) -> dict[str, Any]:
    """Bring one parcel to a stage, in the post's usual words or in others."""
    stage = asked.one_of("action", STAGES)
    parcel = world.parcels.by_any_code(asked.text("order"))
    if parcel is None:
        raise AskedWrongError(
            asked.came("order", "an order number or item code of /control/parcels")
        )
    if parcel.stage == CANCELLED:
        raise AskedWrongError(f"{parcel.order_number} is cancelled; expected one that is not")
    move(world, parcel, stage, asked.text("message", "")[:LONGEST])
    return {"parcel": parcel.seen()}


async def parcels(request: web.Request) -> web.Response:
    """GET /control/parcels."""
    return web.json_response({"parcels": request.app[WORLD].parcels.seen()}, dumps=dumps)
