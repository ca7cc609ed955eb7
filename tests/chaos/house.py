"""The house of a campaign: two web processes, two workers, and a load that never ceases."""

import hmac
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import requests
from sqlalchemy import func, insert, select

from bot.core.phone import read_phone
from bot.feed_keys import NewKey, add_feed_key
from bot.index_key import index_key
from bot.rehearsal import TEMPLATES
from bot.store.notice_tables import notice, phone_link
from bot.store.tables import follower
from bot.vault import blind_index
from tests.journey.live_house import LiveHouse
from tests.rig.child import Child

WORKERS = 2
QUESTIONS_A_SECOND, DOSSIERS_A_SECOND = 4.0, 2.0
KNOWN = 40  # dossiers that are asked about and never move
RECEIVED, RESULT = (2, "Tiếp nhận hồ sơ"), (9, "Trả kết quả")


class ChaosHouse(LiveHouse):
    """A house whose notices go by every way; `workers` are restarted by the campaign."""

    workers: list[Child]
    key: NewKey
    users: dict[int, str]

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
            "NOTICE_HOURS": "00:00-23:59:59.999999",
            "UNSURE_AFTER_MINUTES": "1",
        }

    def open(self) -> None:
        """Start everything but the load."""
        super().open()
        self.key = add_feed_key(self.runtime, "H56.14")
        self.feed([known_code(number) for number in range(KNOWN)])
        self.users = {}
        self.workers = [self.start_worker() for _ in range(WORKERS)]

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

    def replace_worker(self, place: int, **environ: str) -> None:
        """Start a worker in the place of one that has ended."""
        self.workers[place] = self.start_worker(**environ)

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


@dataclass(slots=True)
class Load:
    """Citizens who ask and a desk that feeds, until told to stop; the feed tries until it is taken.

    Shape: `asked` is whom and about which code; `told` which dossier got how far.
    """

    house: ChaosHouse
    dice: random.Random
    asked: list[tuple[str, str]] = field(default_factory=list)
    told: dict[int, list[int]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, dossiers: int) -> None:
        """Begin; no dossier from number `dossiers` on is told."""
        for work in (self._ask, lambda: self._feed(dossiers)):
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Ask nothing new; what was begun is told to its end."""
        self._over.set()
        for thread in self._threads:
            thread.join(120)
        stuck = [one for one in self._threads if one.is_alive()]
        assert not stuck, f"the feed is not taken: {self.refused}\n{self.house.story()}"

    def _ask(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            number = 0
            while not self._over.wait(self.dice.expovariate(QUESTIONS_A_SECOND)):
                user, code = f"ask{number}", known_code(self.dice.randrange(KNOWN))
                body = {"user": user, "text": f"hồ sơ {code} đến đâu rồi"}
                session.post(f"{self.house.sandbox}/control/say", json=body, timeout=30)
                self.asked.append((user, code))
                number += 1

    def _feed(self, dossiers: int) -> None:
        number = 0
        with requests.Session() as session:
            session.trust_env = False
            while not self._over.wait(1 / DOSSIERS_A_SECOND):
                if number < dossiers:
                    self._tell(session, number, *RECEIVED)
                if 8 <= number < dossiers + 8:
                    self._tell(session, number - 8, *RESULT)
                number += 1

    def _tell(self, session: requests.Session, number: int, status: int, step: str) -> None:
        now = datetime.now(UTC)
        record = {
            "code": moving_code(number),
            "agency": "H56.14",
            "procedure": {"code": "1.003560", "name": "Đăng ký khai sinh"},
            "step": step,
            "status": status,
            "changed_at": now.isoformat(),
            "due_at": (now + timedelta(days=20)).isoformat(),
            "phone": phone_of(number),
            "notify": {"zalo": number % 3 != 1, "sms": True, "post": False},
        }
        body = json.dumps({"dossiers": [record]}).encode()
        while not self._taken(session, body):
            time.sleep(0.3)
        self.told.setdefault(number, []).append(status)

    def _taken(self, session: requests.Session, body: bytes) -> bool:
        stamp, key = str(int(time.time())), self.house.key
        mac = hmac.new(key.secret.encode(), stamp.encode() + b"." + body, sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Feed-Key": key.id,
            "X-Feed-Timestamp": stamp,
            "X-Feed-Signature": f"sha256={mac}",
        }
        try:
            answer = session.post(
                f"{self.house.web}/feeds/v1/dossiers", data=body, headers=headers, timeout=20
            )
        except requests.RequestException as fault:
            self.refused[type(fault).__name__] += 1
            return False
        self.refused[f"{answer.status_code} {answer.text[:60] * (answer.status_code != 200)}"] += 1
        return answer.status_code == 200
