"""The house of a campaign: so many web servers and workers, and the citizens who know of it."""

import json
import signal
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
from sqlalchemy import func, insert, select

from bot.core.phone import read_phone
from bot.database import make_engine
from bot.feed_keys import NewKey, add_feed_key
from bot.index_key import index_key
from bot.rehearsal import TEMPLATES
from bot.runtime import shifted_clock
from bot.store.notice_tables import notice, phone_link
from bot.store.tables import follower, inbox, outbox
from bot.vault import blind_index
from tests.chaos.ground import Ground
from tests.journey.live_house import LiveHouse, wait
from tests.rig.child import Child

KNOWN = 40  # dossiers that are asked about and never move
WEB_PROCESSES = 2
START_SECONDS = 120  # on a machine that is busy with other things
ALL_DAY = "00:00-23:59:59.999999"


class ChaosHouse(LiveHouse):
    """A house whose notices go by every way; what died is started again, as systemd would.

    Shape: `offset` is what every clock of the house is ahead, in seconds; `restarted` counts what
    ended by itself.
    """

    key: NewKey

    def __init__(self, ground: Ground, hours: str = ALL_DAY, offset: int = 0) -> None:
        self.ground, self.hours, self.offset = ground, hours, offset
        self.webs: list[Child] = []
        self.workers: list[Child] = []
        self.users: dict[int, str] = {}
        self.restarted = 0
        super().__init__(ground.first_url, ground.redis.url, ground.folder)
        self.environ["DATABASE_URL"] = ground.database_url
        self.runtime.engine.dispose()
        self.runtime = replace(
            self.runtime,
            engine=make_engine(ground.database_url),
            settings=self.runtime.settings.model_copy(
                update={"database_url": ground.database_url, "var_dir": ground.folder / "var"}
            ),
            clock=shifted_clock(offset),
        )

    def _environ(self, database_url: str, redis_url: str) -> dict[str, str]:
        templates = {
            event: {"id": number, "params": dict(params)}
            for event, (number, params) in TEMPLATES.items()
        }
        return {
            **super()._environ(database_url, redis_url),
            "SMS_GATEWAY": "esms",
            "ESMS_URL": f"{self.sandbox}/sms/esms",
            "ESMS_API_KEY": "chaos-key",
            "ESMS_SECRET_KEY": "chaos-secret",
            "ZALO_TEMPLATES": json.dumps(templates),
            "NOTICE_HOURS": self.hours,
            "UNSURE_AFTER_MINUTES": "1",
            "CLOCK_OFFSET_SECONDS": str(self.offset),
        }

    def open(self) -> None:
        """Start everything but the load."""
        super().open()
        self.key = add_feed_key(self.runtime, "H56.14")
        self.feed([known_code(number) for number in range(KNOWN)])
        self.workers = [self.start_worker() for _ in range(self.ground.workers)]

    # Processes

    def start_web(self) -> Child:
        """Start all web servers on one port, which the kernel shares out; returns the first."""
        self.webs = [self._web() for _ in range(self.ground.webs)]
        for web in self.webs:
            self._wait_for_web(web)
        self.webs[0].wait_for_url(f"{self.web}/healthz", timeout=START_SECONDS)
        self.web_server = self.webs[0]
        return self.webs[0]

    def replace_web(self, place: int) -> None:
        """Start a web server in the place of one that has ended."""
        self.webs[place] = self._web()

    def replace_worker(self, place: int, **environ: str) -> None:
        """Start a worker in the place of one that has ended."""
        self.workers[place] = self.start_worker(**environ)

    def keep(self) -> None:
        """Start again whatever ended, as systemd does."""
        for place, web in enumerate(self.webs):
            if web.returncode is not None:
                self.restarted += 1
                self.replace_web(place)
        for place, worker in enumerate(self.workers):
            if worker.returncode is not None:
                self.restarted += 1
                self.replace_worker(place)

    def processes(self) -> list[psutil.Process]:
        """Every process of the product, parents before their children."""
        found = [one for child in (*self.webs, *self.workers) for one in child.processes()]
        with suppress(psutil.Error):
            found.sort(key=lambda one: one.pid)
        return found

    def move_clock(self, offset: int) -> None:
        """Every clock jumps while nobody works: all end in order and start under the new one."""
        for child in (*self.workers, *self.webs):
            if child.returncode is None:
                child.signal(signal.SIGTERM)
        for child in (*self.workers, *self.webs):
            if child.returncode is None:
                child.wait(timeout=60)
        ahead, self.offset = offset - self.offset, offset
        self.environ["CLOCK_OFFSET_SECONDS"] = str(offset)
        self.runtime = replace(self.runtime, clock=shifted_clock(offset))
        self.start_web()
        # Only now: Zalo would try again all hour long at one instant, find nobody, and give us up.
        self.control("clock", advance_seconds=ahead)
        for place in range(len(self.workers)):
            self.replace_worker(place)

    def _web(self) -> Child:
        return self.start(
            "gunicorn", "-b", f"127.0.0.1:{self.web_port}", "-w", str(WEB_PROCESSES),
            "--threads", "4", "--reuse-port", "--no-control-socket", "wsgi:app",
        )  # fmt: skip

    def _wait_for_web(self, web: Child) -> None:
        whole = 1 + WEB_PROCESSES
        wait(lambda: len(web.processes()) == whole, "a whole web server", self.story, START_SECONDS)

    # Citizens

    def follow(self, dossiers: int) -> None:
        """Everyone has a phone, half of them Zalo; every third has proved it, follows and wrote."""
        for number in range(dossiers):
            self.control("person", user=f"c{number}", phone=phone_of(number),
                         has_zalo=number % 2 == 0)  # fmt: skip
        for number in range(0, dossiers, 3):
            self.control("follow", user=f"c{number}", following=True)
        people = {one["alias"]: one["id"] for one in self.control_state()["people"]}
        now, key = self.runtime.now(), index_key(self.runtime)
        with self.runtime.engine.begin() as connection:
            known = set(connection.scalars(select(follower.c.user_id)))
            for number in range(0, dossiers, 3):
                user = self.users[number] = people[f"c{number}"]
                phone = read_phone(phone_of(number)).phone
                assert phone is not None
                if user not in known:  # its event is still on the way
                    connection.execute(insert(follower).values(
                        user_id=user, following=True, first_seen_at=now,
                        last_interaction_at=now))  # fmt: skip
                connection.execute(insert(phone_link).values(
                    user_id=user, phone_index=blind_index(key, phone.e164),
                    phone=self.runtime.vault.seal(phone.e164), how="sms",
                    proved_at=now))  # fmt: skip

    def control_state(self) -> dict[str, Any]:
        """All that the sandbox shows."""
        found: dict[str, Any] = self.http.get(f"{self.sandbox}/control/state", timeout=10).json()
        return found

    def bubbles(self) -> list[dict[str, Any]]:
        """Everything that was ever put on a phone, oldest first."""
        self.replies()  # the sandbox keeps the last 500; what was read once is kept here
        return [self._bubbles[place] for place in sorted(self._bubbles)]

    def due_now(self) -> int:
        """How much is due at this moment; what a dead process holds is due once its lease ends."""
        with self.runtime.engine.connect() as connection:
            return sum(
                int(
                    connection.scalar(
                        select(func.count()).where(table.c.due_at <= self.runtime.now())
                    )
                    or 0
                )
                for table in (inbox, outbox, notice)
            )

    def open_notices(self, offset: int) -> int:
        """How many notices are due by a clock that goes `offset` seconds fast."""
        due = notice.c.due_at <= datetime.now(UTC) + timedelta(seconds=offset)
        with self.runtime.engine.connect() as connection:
            return int(connection.scalar(select(func.count(notice.c.id)).where(due)) or 0)


def known_code(number: int) -> str:
    """A dossier that never moves."""
    return f"H56.14-240824-{number:04}"


def moving_code(number: int) -> str:
    """A dossier that comes in and becomes a result."""
    return f"H56.14-261101-{number:04}"


def phone_of(number: int) -> str:
    """Whom it belongs to."""
    return f"0912{number:06}"
