"""Plays the one-stop software: sends its dossiers through the product's real feed."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp

from sandbox.dossiers import Dossier
from sandbox.national import dossier_call, progress_call
from sandbox.request_log import Logged, masked
from sandbox.signing import feed_signature
from sandbox.world import World

NATIONAL_PATH = "/feeds/dvcqg"
TAKEN = ("new", "changed", "repeat")
NOT_CONFIGURED = (
    "the feed key is not set; expected SANDBOX_FEED_KEY_ID and SANDBOX_FEED_SECRET "
    "in the environment, as printed by `python -m bot feed-key add`"
)


class FeedDownError(Exception):
    """The product did not answer, or there is no key to sign with."""


BodyOf = Callable[[float | None], dict[str, Any]]  # given the latest moment it may hold


class OneStop:
    """The client of the feed."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self._world, self._session = world, session
        self._turn = asyncio.Lock()

    async def send(self, dossiers: Sequence[Dossier]) -> tuple[int, Any]:
        """Send dossiers; gives HTTP status and answer as they came.

        Errors: FeedDownError without a key or an answer.
        """
        async with self._turn:
            status, answer = await self._sent(
                self._world.settings.feed_url,
                lambda cap: {"dossiers": [one.record(cap) for one in dossiers]},
                len(dossiers),
            )
        self._remember(dossiers, status, answer)
        return status, answer

    async def send_national(self, dossier: Dossier) -> tuple[int, Any]:
        """Send a dossier's move in the national format: its step, then the dossier as it stands.

        Result: status and answer of the first that was not wholly taken, else of the last.
        Errors: FeedDownError without a key or an answer.
        """
        url = urljoin(self._world.settings.feed_url, NATIONAL_PATH)
        async with self._turn:
            status, answer = await self._sent(url, lambda cap: progress_call(dossier, cap), 1)
            if taken(answer):
                status, answer = await self._sent(url, lambda cap: dossier_call(dossier, cap), 1)
        said = answer.get("message") if isinstance(answer, dict) else None
        dossier.last_answer = str(said or f"HTTP {status}")
        return status, answer

    async def _sent(self, url: str, body_of: BodyOf, count: int) -> tuple[int, Any]:
        """Send once, or twice when the first is refused for its clock.

        The clock of a rehearsal may run ahead of the product's: then it is sent in real time,
        with nothing in it that has not happened yet.
        """
        if not self._world.settings.feed_key_id:
            raise FeedDownError(NOT_CONFIGURED)
        status, answer = await self._post(url, body_of(None), count, self._world.clock.now())
        if status == 401 and isinstance(answer, dict) and answer.get("error") == "clock":
            now = self._world.clock.products()
            status, answer = await self._post(url, body_of(now), count, now)
        return status, answer

    async def _post(self, url: str, told: Any, count: int, moment: float) -> tuple[int, Any]:
        settings, stamp = self._world.settings, str(int(moment))
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Feed-Key": settings.feed_key_id,
            "X-Feed-Timestamp": stamp,
            "X-Feed-Signature": feed_signature(settings.feed_secret, stamp, body),
        }
        started, status = time.perf_counter(), 0
        try:
            async with self._session.post(
                url,
                data=body,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=30),
                allow_redirects=False,
            ) as answer:
                status, text = answer.status, await answer.text(errors="replace")
        except (TimeoutError, aiohttp.ClientError, OSError) as failure:
            raise FeedDownError(f"{url} did not answer: {failure!r}") from failure
        finally:
            self._note(url, status, count, headers, time.perf_counter() - started)
        return status, _parsed(text)

    def _note(
        self, url: str, status: int, count: int, headers: dict[str, str], took: float
    ) -> None:
        world, error = self._world, None if status else "no answer"
        summary, ms = f"feed · {count}", round(took * 1000, 1)
        path, now = urlsplit(url).path, world.clock.now()
        world.log(Logged("out", "POST", path, status, error, ms, now, summary, masked(headers)))

    def _remember(self, dossiers: Sequence[Dossier], status: int, answer: Any) -> None:
        results = outcomes(answer)
        for number, dossier in enumerate(dossiers):
            result = results[number] if number < len(results) else {}
            why = f": {result['why']}" if result.get("why") else ""
            dossier.last_answer = f"{result.get('outcome', f'HTTP {status}')}{why}"

    async def seed(self) -> None:
        """Send the demo dossiers until the product has taken every one of them."""
        pause, told = 0.5, ""
        while True:
            trouble = await self._seed_once()
            if not trouble:
                return
            if trouble != told:
                print(f"sandbox: demo dossiers not taken yet: {trouble}", file=sys.stderr)
                told = trouble
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 10.0)

    async def _seed_once(self) -> str:
        dossiers = self._world.dossiers.all()
        try:
            status, answer = await self.send(dossiers)
        except FeedDownError as failure:
            return str(failure)
        for dossier in dossiers:
            self.show(dossier)
        if status != 200:
            return f"HTTP {status} {str(answer)[:200]}"
        refused = [one for one in outcomes(answer) if one.get("outcome") == "refused"]
        return "; ".join(f"{one.get('code')}: {one.get('why')}" for one in refused)

    def show(self, dossier: Dossier) -> None:
        """Tell the pages of a dossier as it is now."""
        self._world.changed = True
        if self._world.stream.heard:
            self._world.stream.tell("dossier", dossier.seen())


def outcomes(answer: Any) -> list[dict[str, Any]]:
    """The results of a feed answer, empty for any other answer."""
    results = answer.get("results") if isinstance(answer, dict) else None
    return [one for one in results if isinstance(one, dict)] if isinstance(results, list) else []


def taken(answer: Any) -> bool:
    """Whether the product has every dossier of the request now, in whichever format."""
    if isinstance(answer, dict) and answer.get("error_code") == "00":
        return True
    results = outcomes(answer)
    return bool(results) and all(one.get("outcome") in TAKEN for one in results)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text[:1000]
