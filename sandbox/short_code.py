"""Plays the short code: carries a citizen's SMS to the product and the reply back to the phone."""

import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sandbox.messages import Bubble, new_msg_id
from sandbox.people import Person, international
from sandbox.request_log import Logged
from sandbox.sms_aggregators import FORMS, SHORT_CODE, Reply, UnreadableReplyError, Written
from sandbox.world import World

PATIENCE = 5.0  # seconds an aggregator waits before the citizen gets nothing


class NoReplyError(Exception):
    """The product answered nothing that could be passed on."""


class ShortCode:
    """The aggregators between the phones and the product."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self._world, self._session = world, session

    async def ask(self, person: Person, text: str, aggregator: str, again: str) -> dict[str, Any]:
        """One SMS and what came of it; `again` repeats an earlier call under its id.

        Errors: NoReplyError when the product gives no reply in the aggregator's form.
        """
        mobile = international(person.phone) or person.phone
        sms = Written(mobile, text, again or new_msg_id(), self._world.clock.now())
        if not again:
            self._show(person, "citizen", text)
        status, body, ms = await self._call(aggregator, sms)
        try:
            reply = FORMS[aggregator].reply(body)
        except UnreadableReplyError as wrong:
            raise NoReplyError(f"HTTP {status} {body[:200]!r}: {wrong}") from wrong
        if status != 200:
            raise NoReplyError(f"the product refused with HTTP {status} {body[:200]!r}")
        shown = self._show(person, "short_code", reply.text) if reply.text else None
        return self._told(sms, reply, ms) | {"msg_id": shown.msg_id if shown else None}

    async def _call(self, aggregator: str, sms: Written) -> tuple[int, str, float]:
        fields = FORMS[aggregator].call(self._world.settings, sms)
        url = f"{self._world.settings.sms_inbound_url}/{aggregator}/inbound"
        started, status = time.perf_counter(), 0
        try:
            async with self._session.get(
                url,
                params=fields,
                timeout=aiohttp.ClientTimeout(total=PATIENCE),
                allow_redirects=False,
            ) as answer:
                status, body = answer.status, await answer.text(errors="replace")
        except (TimeoutError, aiohttp.ClientError, OSError) as failure:
            raise NoReplyError(f"{url} did not answer: {failure!r}") from failure
        finally:
            ms = round((time.perf_counter() - started) * 1000, 1)
            self._note(urlsplit(url).path, status, ms)
        return status, body, ms

    def _note(self, path: str, status: int, ms: float) -> None:
        error = None if status else "no answer"
        now = self._world.clock.now()
        self._world.log(Logged("out", "GET", path, status, error, ms, now, f"SMS → {SHORT_CODE}"))

    def _show(self, person: Person, sender: str, text: str) -> Bubble:
        bubble = self._world.messages.add(
            user=person.uid,
            alias=person.alias,
            sender=sender,
            kind="text",
            text=text,
            msg_id=new_msg_id(),
            moment=self._world.clock.now(),
            channel="sms",
        )
        self._world.show(bubble)
        return bubble

    def _told(self, sms: Written, reply: Reply, ms: float) -> dict[str, Any]:
        return {
            "request_id": sms.request_id,
            "reply": reply.text,
            "refunded": reply.refunded,
            "ms": ms,
        }
