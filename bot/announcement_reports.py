"""Carriers' reports of announcements: who received one, who has seen it."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.core.receipt import Reported
from bot.store.announcement_queue import (
    Reportable,
    Standing,
    count_moves,
    recipients_named,
    report_recipient,
)
from bot.store.attempts import early_receipts

RECEIVED, SEEN = "received", "seen"


def apply_report(
    connection: Connection, refs: Collection[str], state: Reported, at: datetime
) -> bool:
    """Write a report down; False when it names no message of an announcement."""
    named = recipients_named(connection, refs)
    moves: Counter[Standing] = Counter()
    for one in named:
        values = _news(one, state, at)
        if values:
            report_recipient(connection, one.id, values)
            if not one.turn:
                moves.update(
                    (one.announcement_id, one.road, SEEN if name == "seen_at" else RECEIVED, "")
                    for name in values
                )
    count_moves(connection, moves, {})
    return bool(named)


def _news(one: Reportable, state: Reported, at: datetime) -> dict[str, Any]:
    """What a report adds; what is seen was received.

    One that says it failed changes nothing: Zalo took the message, and nothing goes again.
    """
    values: dict[str, Any] = {}
    if state is Reported.FAILED:
        return values
    if one.received_at is None:
        values["received_at"] = at
    if state is Reported.SEEN and one.seen_at is None:
        values["seen_at"] = at
    return values


def apply_early(connection: Connection, refs: Collection[str], at: datetime) -> None:
    """Apply what was reported of messages before their answers were recorded."""
    for ref, states in early_receipts(connection, refs).items():
        for state in sorted(states):
            apply_report(connection, [ref], Reported(state), at)
