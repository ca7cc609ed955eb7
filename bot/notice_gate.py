"""Which ways are open to a batch of notices, and the call that goes down one of them."""

import base64
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from bot.core.ladder import FREE_WINDOW, Contact, Send
from bot.core.notice import Rung
from bot.notice_send import BY_PHONE, WALLET, ZALO, Call, Carriers
from bot.notice_turn import Turn

HELD_FIRST, HELD_LONGEST = timedelta(seconds=20), timedelta(minutes=2)
BY_OA_API = (Rung.CHAT, Rung.TEMPLATE_UID)


@dataclass(slots=True)
class Gate:
    """Opens ways for the notices of one claim.

    Shape: `key` makes request ids that nobody can guess and that are the same when made again.
    """

    carriers: Carriers
    connection: Connection
    now: datetime
    key: bytes = field(repr=False)
    free_since: datetime = field(init=False)
    _open: dict[str, bool] = field(default_factory=dict)
    _tries: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.free_since = self.now - FREE_WINDOW

    def calls(self, turn: Turn, send: Send) -> list[Call] | str:
        """The calls of one notice; or, as a line, why they have to wait."""
        way = self._way(send.rung)
        if way is None:
            return "the channel is held: its account is at fault or it does not answer"
        carrier, hold = way
        return [
            Call(
                notice_id=turn.notice.id,
                made_at=turn.notice.created_at,
                request_id=self._request_id(turn.notice.id, send.rung, recipient, number),
                rung=send.rung,
                recipient=recipient,
                carrier=carrier,
                hold=hold,
                facts=turn.facts,
                text=turn.text,
                phone=turn.phone,
                unicode_sms=turn.unicode_sms,
                free=self._is_free(turn.contacts, recipient),
            )
            for recipient, number in send.recipients.items()
        ]

    def _is_free(self, contacts: tuple[Contact, ...], recipient: str) -> bool:
        last = {one.user_id: one.last_interaction_at for one in contacts}.get(recipient)
        return last is not None and last > self.free_since

    def _way(self, rung: Rung) -> tuple[str, str] | None:
        """(carrier, hold) of a rung open now; the reserve where the first gateway is not."""
        if rung is Rung.CHAT:
            return (ZALO, ZALO) if self._all_open(ZALO) else None
        if rung is Rung.TEMPLATE_UID:
            return (ZALO, ZALO) if self._all_open(ZALO, WALLET) else None
        if rung is Rung.TEMPLATE_PHONE:
            return (BY_PHONE, BY_PHONE) if self._all_open(BY_PHONE, WALLET) else None
        for name in self.carriers.gateways:
            if self._all_open(f"sms:{name}"):
                return name, f"sms:{name}"
        return None

    def _all_open(self, *names: str) -> bool:
        """Whether all of these are open; the try of none is taken for another that is closed."""
        if any(name in self._tries or not self.carriers.holds[name].most(2) for name in names):
            return False
        return all([self._is_open(name) for name in names])

    def _is_open(self, name: str) -> bool:
        """Whether a way is open; where it was held, for one notice of all workers: the try."""
        if name in self._tries:
            return False
        if name not in self._open:
            hold = self.carriers.holds[name]
            most = hold.most(2)
            self._open[name] = most > 0 and hold.may_try(self.connection, self.now)
            if most == 1 and self._open[name]:
                self._tries.add(name)
                return True
        return self._open[name]

    def _request_id(self, notice_id: int, rung: Rung, recipient: str, turn: int) -> str:
        told = f"{notice_id}:{rung}:{recipient}:{turn}".encode()
        digest = hmac.new(self.key, told, sha256).digest()
        return base64.b32encode(digest[:20]).decode().lower()


def wait_behind(refusals: int, spread: float) -> timedelta:
    """How long a notice waits that found its way closed.

    Shape: `spread` is a random number of 0 to 1, so that not all come back at once.
    """
    pause = min(HELD_FIRST * (1 << min(refusals, 6)), HELD_LONGEST)
    return pause * (1 + spread / 2)


def attempt_rows(
    calls: Iterator[tuple[Call, int, bytes]], claimer: str, now: datetime
) -> list[dict[str, Any]]:
    """The rows of calls that are about to go: (call, turn, text mark)."""
    return [
        {
            "notice_id": call.notice_id,
            "notice_made_at": call.made_at,
            "rung": str(call.rung),
            "recipient": call.recipient,
            "turn": turn,
            "carrier": call.carrier,
            "request_id": call.request_id,
            "text_mark": mark,
            "state": "sending",
            "claimer": claimer,
            "begun_at": now,
        }
        for call, turn, mark in calls
    ]
