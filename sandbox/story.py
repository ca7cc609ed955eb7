"""Plays "Một đời hồ sơ": scene after scene, each waiting for what the product really sends."""

import asyncio
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from sandbox.asked import Asked, AskedWrongError
from sandbox.one_stop import NOT_CONFIGURED, OneStop
from sandbox.people import Person
from sandbox.short_code import NoReplyError, ShortCode
from sandbox.story_script import HOA, MAI, NAMES, SCENES, Scene, Stage, StuckError
from sandbox.world import World

PATIENCE = 20.0  # seconds after which a message counts as not seen; it is awaited all the same
PACE = 4.0  # seconds to read a scene before the next one begins
LOOK_EVERY = 0.05
CAST = re.compile(rf"({MAI}|{HOA})-[0-9]{{7}}")
ACTIONS = ("start", "pause", "resume", "next", "stop")

Json = dict[str, Any]


@dataclass(slots=True)
class Performance:
    """One performance as it stands.

    Shape: `state` is idle, playing, paused, done or stuck; the outcome of a scene is "" (not yet),
           awaited, seen, missing (not seen in time, still awaited) or skipped.
    """

    state: str = "idle"
    place: int = -1
    outcomes: list[str] = field(default_factory=lambda: [""] * len(SCENES))
    trouble: str = ""
    pace: float = PACE
    patience: float = PATIENCE


class Story:
    """The stage manager; one performance at a time."""

    def __init__(self, world: World, desk: OneStop, short_code: ShortCode) -> None:
        self._world, self._desk, self._short_code = world, desk, short_code
        self._show = Performance()
        self._cast: dict[str, Person] = {}
        self._number = -1
        self._nudge = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        world.story = self.seen

    async def control(self, asked: Asked) -> Json:
        """Do what a POST /control/story asks for; gives the story as it stands.

        Errors: AskedWrongError for an unknown action, numbers out of range, a feed without a key.
        """
        action = asked.one_of("action", ACTIONS) if asked.has("action") else "start"
        if action == "start":
            await self._start(_seconds(asked, "pace", PACE), _seconds(asked, "patience", PATIENCE))
        elif action == "stop":
            await self.close()
            self._show = Performance()
        elif self._show.state in ("playing", "paused"):
            self._show.state = {"pause": "paused", "resume": "playing"}.get(
                action, self._show.state
            )
            if action == "next":
                self._nudge.set()
        self._tell()
        return {"story": self.seen()}

    async def close(self) -> None:
        """End what is being played."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def seen(self) -> Json:
        """The story as the page and the control API show it."""
        show = self._show
        people = {role: one.uid for role, one in self._cast.items()}
        scenes = [
            {
                "title": one.title,
                "caption": one.caption,
                "user": people.get(one.who),
                "app": one.app,
                "outcome": outcome,
            }
            for one, outcome in zip(SCENES, show.outcomes, strict=True)
        ]
        return {
            "state": show.state,
            "scene": show.place,
            "trouble": show.trouble,
            "cast": list(people.values()),
            "scenes": scenes,
        }

    async def _start(self, pace: float, patience: float) -> None:
        if not self._world.settings.feed_key_id:
            raise AskedWrongError(NOT_CONFIGURED)
        await self.close()
        self._show = Performance(state="playing", pace=pace, patience=patience)
        self._nudge.clear()
        self._recast()
        stage = Stage(self._world, self._desk, self._short_code, self._cast)
        self._task = asyncio.get_running_loop().create_task(self._play(stage))

    def _recast(self) -> None:
        """New people for every performance: nobody has proved a phone or been told anything."""
        people = self._world.people
        for earlier in [one for one in people if CAST.fullmatch(one.alias)]:
            people.forget(earlier)
        number = int(time.time() * 10) % 10_000_000
        taken = self._number
        while number == taken or any(people.by_phone(f"84{h}{number:07d}") for h in (90, 91)):
            number = (number + 1) % 10_000_000
        self._number = number
        self._cast = {}
        for role, head in ((MAI, "090"), (HOA, "091")):
            one = people.meet(f"{role}-{number:07d}")
            one.name, one.has_zalo = NAMES[role], role == MAI
            people.change_phone(one, f"{head}{number:07d}")
            self._cast[role] = one
        self._world.stream.tell("state", None)

    async def _play(self, stage: Stage) -> None:
        try:
            for place, scene in enumerate(SCENES):
                await self._play_scene(stage, place, scene)
                await self._let_read()
            self._show.state = "done"
        except (StuckError, AskedWrongError, NoReplyError) as trouble:
            self._show.state, self._show.trouble = "stuck", str(trouble)
        except Exception as failure:
            self._show.state, self._show.trouble = "stuck", repr(failure)
            print(f"sandbox: the story stopped: {failure!r}", file=sys.stderr)
        self._tell()

    async def _play_scene(self, stage: Stage, place: int, scene: Scene) -> None:
        self._show.place = place
        self._mark("awaited")
        uid = stage.cast[scene.who].uid
        last = max((one.id for one in self._world.messages.of()), default=0)
        await scene.act(stage)
        begun = time.monotonic()
        self._nudge.clear()
        while not self._arrived(stage, scene, uid, last):
            late = time.monotonic() - begun > self._show.patience
            if late and self._outcome == "awaited":
                self._mark("missing")
            if late and self._nudge.is_set():
                self._mark("skipped")
                return
            await asyncio.sleep(LOOK_EVERY)
        self._mark("seen")

    def _arrived(self, stage: Stage, scene: Scene, uid: str, last: int) -> bool:
        return any(
            one.id > last and one.sender != "citizen" and scene.awaits(stage, one)
            for one in self._world.messages.of(uid)
        )

    async def _let_read(self) -> None:
        """Time to read; longer while paused, over at once when asked for the next scene."""
        self._nudge.clear()
        begun = time.monotonic()
        while not self._nudge.is_set():
            if self._show.state != "paused" and time.monotonic() - begun >= self._show.pace:
                return
            await asyncio.sleep(LOOK_EVERY)

    @property
    def _outcome(self) -> str:
        return self._show.outcomes[self._show.place]

    def _mark(self, outcome: str) -> None:
        self._show.outcomes[self._show.place] = outcome
        self._tell()

    def _tell(self) -> None:
        if self._world.stream.heard:
            self._world.stream.tell("story", self.seen())


def _seconds(asked: Asked, name: str, usual: float) -> float:
    value = asked.number(name) if asked.has(name) else usual
    if not 0 <= value <= 600:
        raise AskedWrongError(asked.came(name, "seconds from 0 to 600"))
    return value
