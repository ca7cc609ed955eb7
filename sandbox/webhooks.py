"""Delivers events to the product: signature, deadline, retry ladder, switch-off (manual 2.2)."""

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sandbox.clock import Clock
from sandbox.distortions import as_bytes, bent
from sandbox.events import Event
from sandbox.faults import Faults
from sandbox.request_log import Logged, masked
from sandbox.settings import Settings
from sandbox.signing import event_mac

LADDER = (30, 300, 900, 1800, 3600)  # seconds from one attempt to the next
AT_ONCE = 64  # deliveries under way at the same time
WAITING_AT_MOST = 20_000  # a product that is away must not fill this machine's memory
HELD_AT_MOST = 5  # seconds an event waits for a later one to overtake it

SWITCHES = (
    *("user_send_" + kind for kind in ("text", "image", "link", "audio", "video", "sticker")),
    *("user_send_" + kind for kind in ("location", "business_card", "file", "gif")),
    *("user_received_message", "user_seen_message", "user_reacted_message", "oa_reacted_message"),
    *("follow", "unfollow", "user_click_chatnow", "user_submit_info", "user_withdraw"),
    *("oa_send_" + kind for kind in ("text", "image", "gif", "list", "file", "sticker")),
    *("oa_send_template", "add_user_to_tag", "remove_user_from_tag", "remove_tag"),
)


@dataclass(slots=True)
class Delivery:
    """One event on its way; `due` is the moment of the present attempt."""

    name: str
    body: bytes
    headers: dict[str, str]
    due: float
    attempt: int = 0


class Webhooks:
    """The app's webhook as its console shows it, and everything under way to it."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        faults: Faults,
        log: Callable[[Logged], None],
        changed: Callable[[], None],
    ) -> None:
        self.url = settings.webhook_url
        self.enabled = True
        self.events = dict.fromkeys(SWITCHES, True)
        self.waiting = 0
        self._settings, self._clock, self._faults = settings, clock, faults
        self._log, self._changed = log, changed
        self._held: Delivery | None = None
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def open(self, session: aiohttp.ClientSession) -> None:
        """Start delivering over this client session."""
        self._session = session

    async def close(self) -> None:
        """Drop what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def seen(self) -> dict[str, Any]:
        """The webhook as the page and the control API show it."""
        return {
            "url": self.url,
            "enabled": self.enabled,
            "waiting_retries": self.waiting,
            "events": dict(self.events),
        }

    def emit(self, event: Event, headers: dict[str, str] | None = None) -> None:
        """Send one event, unless its switch is off, the webhook is off, or a fault eats it."""
        if not self.enabled or not self.events.get(event["event_name"], True):
            return
        if self._faults.take("drop"):
            return
        delivery = self._prepared(event, headers or {})
        if self._faults.take("delay"):
            wait = float(self._faults.setting("delay"))
            self._clock.call_after(wait, lambda: self._send_off(delivery))
            return
        self._send_off(delivery)

    async def console_test(self, sample: Event) -> list[dict[str, Any]]:
        """Both forms of the console's test: the signed sample, and a bare `{}` (manual 2.3)."""
        signed = self._prepared(sample, {})
        bare = Delivery("ping", b"{}", {"Content-Type": "application/json"}, self._clock.now())
        statuses = [await self._attempt(one) for one in (signed, bare)]
        return [{"form": f, "status": s} for f, s in zip(("signed", "bare"), statuses, strict=True)]

    def _prepared(self, event: Event, extra: dict[str, str]) -> Delivery:
        timestamp = str(event["timestamp"])
        body = as_bytes(bent(event, self._faults), self._faults)
        signed = body + b" " if self._faults.take("wrong_signature") else body
        settings = self._settings
        mac = event_mac(settings.app_id, signed, timestamp, settings.oa_secret_key)
        headers = {"Content-Type": "application/json", "X-ZEvent-Signature": mac} | extra
        return Delivery(event["event_name"], body, headers, self._clock.now())

    def _send_off(self, delivery: Delivery) -> None:
        row = [delivery]
        if self._held is not None:
            row.append(self._held)
            self._held = None
        elif self._faults.take("reorder"):
            self._held = delivery
            self._clock.call_after(HELD_AT_MOST, self._release)
            return
        self._start(self._deliver(row))
        if self._faults.take("duplicate"):
            self._start(self._deliver([delivery]))

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._start(self._deliver([held]))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, row: list[Delivery]) -> None:
        for delivery in row:
            if not self.enabled:
                return
            async with self._gate:
                status = await self._attempt(delivery)
            if status != 200:
                self._failed(delivery, status)

    async def _attempt(self, delivery: Delivery) -> int:
        """One POST; 0 stands for no answer in time or no connection."""
        if self._session is None:
            return 0
        if delivery.attempt:
            delivery.headers["num_retry"] = str(delivery.attempt)
        started, error, status = time.perf_counter(), None, 0
        try:
            async with self._session.post(
                self.url,
                data=delivery.body,
                headers=delivery.headers,
                timeout=aiohttp.ClientTimeout(total=self._settings.webhook_timeout),
                allow_redirects=False,
            ) as answer:
                status = answer.status
        except TimeoutError:
            error = "timeout"
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            error = type(failure).__name__
        self._note(delivery, status, error, time.perf_counter() - started)
        return status

    def _note(self, delivery: Delivery, status: int, error: str | None, took: float) -> None:
        summary = (
            f"{delivery.name} · retry {delivery.attempt}" if delivery.attempt else delivery.name
        )
        headers, ms = masked(delivery.headers), round(took * 1000, 1)
        self._log(
            Logged(
                "out",
                "POST",
                urlsplit(self.url).path,
                status,
                error,
                ms,
                self._clock.now(),
                summary,
                headers,
            )
        )

    def _failed(self, delivery: Delivery, status: int) -> None:
        if status and self._faults.take("quick_answers_final"):
            return
        if delivery.attempt >= len(LADDER):
            self._switch_off(delivery)
            return
        if self.waiting >= WAITING_AT_MOST:
            print(f"sandbox: too many waiting retries, {delivery.name} dropped", file=sys.stderr)
            return
        # Counted from the moment it was due: a clock moved by two hours runs the whole ladder.
        delivery.due += LADDER[delivery.attempt]
        delivery.attempt += 1
        self.waiting += 1
        self._clock.call_at(delivery.due, lambda: self._again(delivery))
        self._changed()

    def _again(self, delivery: Delivery) -> None:
        self.waiting -= 1
        self._changed()
        if self.enabled:
            self._start(self._deliver([delivery]))

    def _switch_off(self, delivery: Delivery) -> None:
        if self.enabled:
            self.enabled = False
            print(
                f"sandbox: webhook {self.url} switched off: {delivery.name} was refused six times; "
                'POST /control/webhook {"enabled":true} switches it on again',
                file=sys.stderr,
            )
            self._changed()
