"""A clerk takes a talk, answers it, hands it to another and closes it."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.chat_record import ChatMessage, chat_record, echo_key
from bot.core.handover import Ending, Window, window
from bot.core.reply_text import ZALO_LIMIT
from bot.core.staff import Actor, Deed
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.clerks import clerks_of
from bot.store.handovers import add_line, close_talk
from bot.store.outbox import owe
from bot.store.talks import StoredTalk, is_said, set_holder, take_to_answer, talk_of

EVENT = "clerk"  # the name of clerks' answers in the books
PRESS_LENGTH = 100  # characters of a press that count
_KEPT = "\n\t"
_DROPPED = ("Cc", "Cs")  # control characters, halves of characters


class Why(StrEnum):
    """Why nothing was done."""

    UNKNOWN = "unknown"  # no such talk, or another agency's
    CLOSED = "closed"
    WINDOW = "window"  # the carrier takes no answer any more
    EMPTY = "empty"
    TOO_LONG = "too long"
    HELD = "held"  # another clerk has it
    NO_CLERK = "no clerk"  # the other is no clerk of this desk


@dataclass(frozen=True, slots=True)
class Done:
    """It is done; `again` when the same press had done it before."""

    again: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done.

    Shape: `over` counts the characters too many; `until` is when the window closed; `holder`
           is the login of the clerk who has the talk.
    """

    why: Why
    over: int = 0
    until: datetime | None = None
    holder: str = ""


def plain_text(typed: str) -> str:
    """What a clerk typed as it goes out: composed, one kind of line end, no control characters."""
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (char for char in text if char in _KEPT or unicodedata.category(char) not in _DROPPED)
    return "".join(kept).strip()


def room(runtime: Runtime, agency_name: str) -> int:
    """How many characters an answer of this desk may have, its beginning apart.

    Source: zalo-platform 3.1 (2,000 characters).
    """
    return ZALO_LIMIT - len(_signed(runtime, agency_name, ""))


def window_of(runtime: Runtime, talk: StoredTalk) -> Window | None:
    """Until when a talk may be answered."""
    most = timedelta(hours=runtime.settings.chat_window_hours)
    return window(talk.last_interaction_at, most)


def answer_handover(
    runtime: Runtime, actor: Actor, handover_id: int, text: str, press: str
) -> Done | Refused:
    """Owe a clerk's answer to the citizen, once for each press of the button.

    Who answers a talk that nobody holds, holds it from then on.
    """
    now, said = runtime.now(), plain_text(text)
    with runtime.engine.begin() as connection:
        talk = talk_of(connection, actor.agencies, handover_id, hold=True)
        key = _key(handover_id, press)
        if talk is not None and is_said(connection, key):
            return Done(again=True)
        refused = _why_not(runtime, talk, said, now)
        if talk is None or refused:
            return refused or Refused(Why.UNKNOWN)
        if not take_to_answer(connection, talk.id, actor.account.id, now):
            return Refused(Why.HELD, holder=talk.holder_login or "")
        _say(runtime, connection, actor, talk, said, key)
        deed = _deed("handover.answered", talk, length=len(said))
        write_deed(connection, actor, now, deed)
    runtime.metrics.handovers.labels("answered").inc()
    if talk.last_answered_at is None:
        took = (now - talk.opened_at).total_seconds()
        runtime.metrics.handover_answer_seconds.observe(max(0.0, took))
    runtime.bell.ring("chat")
    return Done()


def take_handover(
    runtime: Runtime, actor: Actor, handover_id: int, before: int | None
) -> Done | Refused:
    """Take a talk, also off another clerk: `before` is who held it on the page that was seen."""
    return _pass(runtime, actor, handover_id, before, actor.account.id)


def pass_handover(
    runtime: Runtime, actor: Actor, handover_id: int, before: int | None, to: int | None
) -> Done | Refused:
    """Hand a talk to another clerk of its desk, or (None) back to all of them."""
    return _pass(runtime, actor, handover_id, before, to)


def _pass(
    runtime: Runtime, actor: Actor, handover_id: int, before: int | None, to: int | None
) -> Done | Refused:
    now = runtime.now()
    with runtime.engine.begin() as connection:
        talk = talk_of(connection, actor.agencies, handover_id, hold=True)
        if talk is None:
            return Refused(Why.UNKNOWN)
        if talk.closed_at is not None:
            return Refused(Why.CLOSED)
        if talk.holder == to:
            return Done(again=True)
        logins = {one.id: one.login for one in clerks_of(connection, talk.agency_code)}
        if to is not None and to not in logins:
            return Refused(Why.NO_CLERK)
        if not set_holder(connection, talk.id, before, to):
            return Refused(Why.HELD, holder=talk.holder_login or "")
        action = "handover.taken" if to == actor.account.id else "handover.handed"
        receiver = logins[to] if to is not None else None
        write_deed(connection, actor, now, _deed(action, talk, to=receiver))
    return Done()


def close_handover(
    runtime: Runtime, actor: Actor, handover_id: int, goodbye: str, press: str
) -> Done | Refused:
    """Close a talk; with a goodbye, which is owed as an answer is, or ("") without a word."""
    now, said = runtime.now(), plain_text(goodbye)
    with runtime.engine.begin() as connection:
        talk = talk_of(connection, actor.agencies, handover_id, hold=True)
        if talk is None:
            return Refused(Why.UNKNOWN)
        if talk.closed_at is not None:
            return Done(again=True)
        if talk.holder not in (None, actor.account.id):
            return Refused(Why.HELD, holder=talk.holder_login or "")
        refused = _why_not(runtime, talk, said, now) if said else None
        if refused:
            return refused
        if said:
            take_to_answer(connection, talk.id, actor.account.id, now)
            _say(runtime, connection, actor, talk, said, _key(handover_id, press))
        close_talk(connection, talk.id, now, Ending.STAFF)
        deed = _deed("handover.closed", talk, goodbye=bool(said))
        write_deed(connection, actor, now, deed)
    runtime.metrics.handovers.labels(f"closed {Ending.STAFF}").inc()
    if said:
        runtime.bell.ring("chat")
    return Done()


def _why_not(runtime: Runtime, talk: StoredTalk | None, said: str, now: datetime) -> Refused | None:
    """Why this text cannot be sent; None when it can."""
    if talk is None:
        return Refused(Why.UNKNOWN)
    if talk.closed_at is not None:
        return Refused(Why.CLOSED)
    if not said:
        return Refused(Why.EMPTY)
    over = len(said) - room(runtime, talk.agency_name)
    if over > 0:
        return Refused(Why.TOO_LONG, over=over)
    answerable = window_of(runtime, talk)
    if answerable is None or not answerable.is_open(now):
        return Refused(Why.WINDOW, until=answerable.until if answerable else None)
    return None


def _say(
    runtime: Runtime,
    connection: Connection,
    actor: Actor,
    talk: StoredTalk,
    said: str,
    key: str,
) -> None:
    """Keep a clerk's line and owe it; not after the window, when the carrier would refuse it."""
    now = runtime.now()
    message = ChatMessage(EVENT, talk.user_id, _signed(runtime, talk.agency_name, said), key, now)
    row = chat_record(runtime, echo_key(runtime), message, now)
    answerable = window_of(runtime, talk)
    if answerable:
        row["expires_at"] = min(row["expires_at"], answerable.until)
    owe(connection, [{**row, "dossier_id": talk.dossier_id}])
    line = {
        "handover_id": talk.id,
        "at": now,
        "staff_id": actor.account.id,
        "text": runtime.vault.seal(said),
        "key": key,
    }
    add_line(connection, line)


def _signed(runtime: Runtime, agency_name: str, said: str) -> str:
    """An answer with whose it is in front."""
    return runtime.texts.render("handover.said", agency=agency_name, text=said)


def _key(handover_id: int, press: str) -> str:
    return f"clerk:{handover_id}:{press[:PRESS_LENGTH]}"


def _deed(action: str, talk: StoredTalk, **detail: str | int | bool | None) -> Deed:
    return Deed(action, talk.agency_code, "handover", str(talk.id), detail)
