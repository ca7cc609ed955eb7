"""A citizen's press or words in the chat of a stage, and a clerk's answer."""

import json
from typing import Any

from sqlalchemy import insert, select

from bot.answer_complaint import answer_complaint, list_complaints
from bot.converse import Conversation
from bot.core.complaint import Verdict
from bot.core.intent import read_intent
from bot.core.message import Event, EventKind
from bot.core.staff import Account, Actor, Role
from bot.database import reading
from bot.store.counter_tables import staff
from bot.store.tables import outbox
from tests.bot.notice_stage import Stage
from tests.make import NOW


def press(stage: Stage, user: str, text: str) -> str:
    """A citizen presses or types; the reply."""
    now = stage.clock()
    with stage.runtime.engine.begin() as connection:
        conversation = Conversation(stage.runtime, connection, now)
        event = Event(EventKind.TEXT, user, now, text, interaction=True)
        reply = conversation.reply(event, read_intent(text), now, f"key-{now}-{text}")
    assert reply is not None
    return reply.text


def answered(stage: Stage, text: str) -> Any:
    """A clerk of the agency answers the oldest case."""
    answering = clerk(stage)
    cases = list_complaints(stage.runtime, answering, is_open=True) or list_complaints(
        stage.runtime, answering, is_open=False
    )
    return answer_complaint(stage.runtime, answering, cases[0].id, Verdict.READY, text)


def clerk(stage: Stage) -> Actor:
    """A clerk of the stage's agency."""
    with stage.runtime.engine.begin() as connection:
        found = connection.scalar(select(staff.c.id))
        if found is None:
            values = {"login": "lan", "password_hash": "-", "roles": "clerk",
                      "password_changed_at": NOW, "created_at": NOW}  # fmt: skip
            found = connection.scalar(insert(staff).values(**values).returning(staff.c.id))
    account = Account(int(found or 0), "lan", "", frozenset({Role.CLERK}), "H32")
    return Actor(account, "", frozenset({"H32"}))


def told(stage: Stage) -> list[str]:
    """Every chat message that is owed."""
    with reading(stage.runtime.engine) as connection:
        rows = connection.scalars(select(outbox.c.body).order_by(outbox.c.id))
        return [json.loads(stage.runtime.vault.open(body))["text"] for body in rows]
