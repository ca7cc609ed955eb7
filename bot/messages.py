"""Every message about one dossier: what, over which channel, and what became of it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.core.delivery import SHOWN, State
from bot.database import reading
from bot.runtime import Runtime
from bot.store.dossiers import progress_by_codes
from bot.store.notice_claims import notices_of_dossier
from bot.store.outbox import messages_of_dossier
from receipts.code import read_one


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `at` is when it was sent, else when it became owed."""

    event: str
    channel: str
    state: str
    reason: str | None
    at: datetime

    def as_dict(self) -> dict[str, Any]:
        """The form of the outside contract."""
        return {**asdict(self), "at": self.at.isoformat()}


def messages_about(runtime: Runtime, code: str) -> list[Message] | None:
    """Messages about the dossier of a code, oldest first; None when there is no such dossier."""
    canonical = read_one(code) or code.strip().upper()
    with reading(runtime.engine) as connection:
        found = progress_by_codes(connection, [canonical]).get(canonical)
        if found is None:
            return None
        rows = messages_of_dossier(connection, found.dossier_id)
        rows += notices_of_dossier(connection, found.dossier_id)
    zone = runtime.settings.zone
    return [
        Message(event, channel, SHOWN.get(State(state), state), reason, at.astimezone(zone))
        for event, channel, state, reason, at in sorted(rows, key=lambda row: row[4])
    ]
