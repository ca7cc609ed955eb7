"""One citizen's turn in the conversation about phones, follows and clerks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.answer import buttons
from bot.core.message import Reply
from bot.runtime import Runtime
from bot.store.consents import add_consents
from bot.store.phone_proofs import take_turn


@dataclass(slots=True)
class Talk:
    """What a turn is worked on with, inside the transaction that answers it.

    Shape: `at` is the event's own time, which orders what a citizen did; `arrived_at` is ours,
           which lifetimes are measured by; `rings` collects the lanes to ring after the commit;
           `key` is the event's own, by which what is kept of it is kept once.
    """

    runtime: Runtime
    connection: Connection
    user_id: str
    at: datetime
    arrived_at: datetime
    now: datetime
    rings: set[str] = field(default_factory=set)
    key: str = ""

    def hold(self) -> None:
        """Take the turn that whoever writes proofs, links and follows takes first."""
        take_turn(self.connection)

    def words(self, key: str, **values: str) -> str:
        """A text of the catalogue, filled in."""
        return self.runtime.texts.render(key, **values)

    def reply(self, event: str, text: str, *names: str) -> Reply:
        """A reply with the buttons of these names; `event` names it in the books."""
        return Reply(event, text, buttons(self.runtime.texts, *names))

    def date(self, moment: datetime) -> str:
        """The day where the province is, as the papers write it."""
        return f"{moment.astimezone(self.runtime.settings.zone):%d/%m/%Y}"

    def write_consents(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write down consents given or taken back at the moment of this turn."""
        add_consents(self.connection, [{"at": self.at, "user_id": self.user_id, **r} for r in rows])
