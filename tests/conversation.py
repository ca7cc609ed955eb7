"""A house that hears: events go in as Zalo would send them, owed replies are read back."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from bot.agencies import add_agency
from bot.channels.zalo_events import PHOTO, listen
from bot.core.snapshot import FeedDossier, Procedure, Times
from bot.feed_keys import add_feed_key
from bot.hear import hear
from bot.read_photos import PhotoDesk
from bot.register import register_dossiers
from bot.runtime import Runtime
from bot.store.feed_keys import FeedKey
from bot.store.tables import outbox
from bot.take_in import take_in, zalo_keys
from tests.make import NOW, HandClock, make_runtime
from tests.zalo_calls import CITIZEN, raw, signature, text_event

CODE = "H56.14-240823-0001"


@dataclass(slots=True)
class House:
    """A runtime whose clock a test moves, with an agency that feeds it."""

    runtime: Runtime
    clock: HandClock
    _messages: Any = field(default_factory=lambda: count(1))

    def feed(self, code: str = CODE, **told: Any) -> None:
        """The one-stop software tells of a dossier."""
        times = Times(due_at=told.pop("due_at", None), finished_at=told.pop("finished_at", None))
        dossier = FeedDossier(
            code=code,
            agency=told.pop("agency", "H56.14"),
            procedure=Procedure("1.003560", "Đăng ký khai sinh"),
            step=told.pop("step", "Thẩm định hồ sơ"),
            status=told.pop("status", 4),
            changed_at=told.pop("changed_at", self.clock()),
            times=times,
            **told,
        )
        key = FeedKey("test", "H56.14", False)
        [result] = register_dossiers(self.runtime, key, [dossier])
        assert result.why is None, result.why

    def hear(self, event: dict[str, Any], written: str | None = None) -> list[dict[str, Any]]:
        """Zalo sends an event; returns the replies owed for it."""
        before = len(self.owed())
        self.store(event, written)
        hear(self.runtime)
        if event["event_name"] == PHOTO:
            desk = PhotoDesk(self.runtime)
            desk.turn()
            desk.stop()
        return self.owed()[before:]

    def store(self, event: dict[str, Any], written: str | None = None) -> None:
        """Zalo sends an event; nobody works on it yet."""
        body = raw(event)
        stamp = written or str(event["timestamp"])
        found = listen(body, signature(body, stamp), zalo_keys(self.runtime.settings), self.clock())
        assert found is not None
        take_in(self.runtime, found, body, self.clock())

    def say(self, text: str, user: str = CITIZEN) -> str:
        """A citizen types; returns the one reply."""
        event = text_event(text, user, msg_id=f"m{next(self._messages)}")
        replies = self.hear(event)
        assert len(replies) == 1, replies
        return str(replies[0]["text"])

    def owed(self) -> list[dict[str, Any]]:
        """Every message ever owed, oldest first: text, buttons, recipient, event, state."""
        with self.runtime.engine.connect() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
        return [
            {
                **json.loads(self.runtime.vault.open(row.body)),
                "recipient": row.recipient,
                "event": row.event,
                "state": row.state,
            }
            for row in rows
        ]


def make_house(database_url: str, now: datetime = NOW, **settings: Any) -> House:
    """A house with the agency H56.14 and no dossier yet."""
    clock = HandClock(now)
    runtime = make_runtime(database_url, now=clock, **settings)
    add_agency(runtime, "H56.14", "UBND phường Mẫu")
    add_feed_key(runtime, "H56.14")
    return House(runtime, clock)


def days(number: float) -> timedelta:
    """So many days."""
    return timedelta(days=number)
