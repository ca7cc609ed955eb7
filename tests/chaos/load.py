"""The load of a campaign: citizens who ask, and a desk whose feed tries until it is taken."""

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

from tests.chaos.house import KNOWN, ChaosHouse, known_code, moving_code, phone_of

QUESTIONS_A_SECOND, DOSSIERS_A_SECOND = 4.0, 2.0
RECEIVED, WORKED_ON, RESULT = (2, "Tiếp nhận hồ sơ"), (4, "Thẩm định hồ sơ"), (9, "Trả kết quả")


@dataclass(slots=True)
class Load:
    """Goes on until told to stop.

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

    def ask(self, session: requests.Session) -> None:
        """One citizen asks about one dossier."""
        user, code = f"ask{len(self.asked)}", known_code(self.dice.randrange(KNOWN))
        body = {"user": user, "text": f"hồ sơ {code} đến đâu rồi"}
        session.post(f"{self.house.sandbox}/control/say", json=body, timeout=30)
        self.asked.append((user, code))

    def tell(
        self,
        session: requests.Session,
        number: int,
        step: tuple[int, str],
        due_at: datetime | None = None,
    ) -> None:
        """The desk tells of one dossier, again and again until it is taken."""
        now = datetime.now(UTC) + timedelta(seconds=self.house.offset)
        record = {
            "code": moving_code(number),
            "agency": "H56.14",
            "procedure": {"code": "1.003560", "name": "Đăng ký khai sinh"},
            "step": step[1],
            "status": step[0],
            "changed_at": now.isoformat(),
            "due_at": (due_at or now + timedelta(days=20)).isoformat(),
            "phone": phone_of(number),
            "notify": {"zalo": number % 3 != 1, "sms": True, "post": False},
        }
        body = json.dumps({"dossiers": [record]}).encode()
        while not self._taken(session, body):
            time.sleep(0.3)
        self.told.setdefault(number, []).append(step[0])

    def _ask(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not self._over.wait(self.dice.expovariate(QUESTIONS_A_SECOND)):
                self.ask(session)

    def _feed(self, dossiers: int) -> None:
        number = 0
        with requests.Session() as session:
            session.trust_env = False
            while not self._over.wait(1 / DOSSIERS_A_SECOND):
                if number < dossiers:
                    self.tell(session, number, RECEIVED)
                if 8 <= number < dossiers + 8:
                    self.tell(session, number - 8, RESULT)
                number += 1

    def _taken(self, session: requests.Session, body: bytes) -> bool:
        stamp, key = str(int(time.time() + self.house.offset)), self.house.key
        mac = hmac.new(key.secret.encode(), stamp.encode() + b"." + body, sha256).hexdigest()
        headers: dict[str, Any] = {
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
