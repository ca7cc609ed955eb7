"""A carrier that answers like zalo-platform 3.1 after a fixed time and remembers who was told."""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(slots=True)
class Carrier:
    """Counts requests and keeps the arrival time of each citizen's first message.

    Units: seconds of the machine's monotonic clock, which all its processes share.
    """

    latency: float
    count: int = 0
    arrived: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, asyncio.Event] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        """One chat message."""
        at = time.monotonic()
        user = json.loads(await request.read())["recipient"]["user_id"]
        self.count += 1
        if user.startswith("u"):  # only those that somebody will ask for
            self.arrived.setdefault(user, at)
            if user in self.waiting:
                self.waiting[user].set()
        if self.latency:
            await asyncio.sleep(self.latency)
        data = {"message_id": f"m{self.count:019d}", "user_id": user, "sent_time": "1795312349001"}
        body = json.dumps({"error": 0, "message": "Success", "data": data})
        return web.Response(text=body, content_type="application/json")

    async def tell_count(self, _request: web.Request) -> web.Response:
        """How many messages came."""
        return web.json_response(self.count)

    async def tell_arrival(self, request: web.Request) -> web.Response:
        """When a citizen's message came; waits for it up to ten seconds."""
        user = request.match_info["user"]
        if user not in self.arrived:
            event = self.waiting.setdefault(user, asyncio.Event())
            try:
                await asyncio.wait_for(event.wait(), 10)
            except TimeoutError:
                return web.json_response(None)
        return web.json_response(self.arrived[user])


def application(latency_ms: float) -> web.Application:
    """The carrier as a web application."""
    carrier = Carrier(latency_ms / 1000)
    app = web.Application()
    app.router.add_post("/v3.0/oa/message/cs", carrier.take)
    app.router.add_get("/count", carrier.tell_count)
    app.router.add_get("/arrival/{user}", carrier.tell_arrival)
    return app


if __name__ == "__main__":
    web.run_app(
        application(float(sys.argv[2])),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=None,
        print=lambda *_: None,
        keepalive_timeout=300,
    )
