"""Events that came in: keep the followers' state, answer each question, owe the reply."""

import unicodedata
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.answer import Answerer, Asked, Known
from bot.channels.zalo_events import PHOTO, read_event
from bot.chat_record import ChatMessage, chat_record, echo_key
from bot.check_result import lookup_row, standings
from bot.converse import Conversation
from bot.core.follower import Follower, after_event, is_newer, may_hint
from bot.core.intent import Intent, read_intent
from bot.core.limits import WINDOW, Allowance, Allowances
from bot.core.message import NO_PERSONS, Event, EventKind, Reply
from bot.core.reply_text import split_text
from bot.core.result_number import Standing
from bot.database import AWAY
from bot.hand_over import Clerks
from bot.logs import log
from bot.present_texts import steady
from bot.runtime import Runtime
from bot.store.dossiers import progress_by_codes
from bot.store.followers import hold_followers, save_followers
from bot.store.handovers import open_talks
from bot.store.inbox import Waiting, close_events, due_events, put_back_event
from bot.store.lookups import PAPER, checks_since, lookups_since, remember_lookups
from bot.store.outbox import owe, remember_echoes
from bot.take_in import REPORTS
from bot.take_receipts import apply_receipts
from bot.tell_documents import owned_documents
from bot.tell_post import owned_post_words
from bot.template_news import note_template_news
from bot.traces import moment, span, tell
from bot.vault import Unreadable, blind_index

MOST_ATTEMPTS = 5
PAUSES = (timedelta(seconds=5), timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=10))

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """One stored event with its meaning and, for a text, its intent.

    Shape: `photographed` are the codes read off its photos; `photo_words` is the text for a
           photo in which none was found.
    """

    waiting: Waiting
    event: Event
    intent: Intent | None
    photographed: frozenset[str] = frozenset()
    photo_words: str = "ask.photo"


@dataclass(slots=True)
class Outcome:
    """What a batch of events leads to, written at its end in one go."""

    owed: list[dict[str, Any]] = field(default_factory=list)
    lookups: list[dict[str, Any]] = field(default_factory=list)
    echoes: list[dict[str, Any]] = field(default_factory=list)


def hear(runtime: Runtime, most: int = 50) -> int:
    """Work on the oldest events, photos apart (bot/read_photos.py); returns how many were taken.

    The batch is one transaction: every event is closed together with the reply it is owed, so
    a killed worker leaves either both or neither. When the batch breaks, its events are tried
    one by one, and the one that breaks the code is put off and in the end parked.
    """
    runtime, now, since = steady(runtime), runtime.now(), moment()
    try:
        with runtime.engine.begin() as connection:
            events = due_events(connection, now, most, set_aside=PHOTO)
            rings = _work(runtime, connection, events, now) if events else set()
        _ring(runtime, rings)
        _tell(events, since)
        return len(events)
    except AWAY:
        raise  # the database is away or busy: nothing is wrong with the events
    except Exception as fault:
        logger.error("hear.batch_broke", fault=type(fault).__name__)
    return _one_by_one(runtime, most)


def _one_by_one(runtime: Runtime, most: int) -> int:
    taken = 0
    for _ in range(most):
        now, rings, since = runtime.now(), set[str](), moment()
        with runtime.engine.begin() as connection:
            events = due_events(connection, now, 1, set_aside=PHOTO)
            if not events:
                return taken
            taken += 1
            try:
                with connection.begin_nested():
                    rings = _work(runtime, connection, events, now)
            except AWAY:
                raise
            except Exception as fault:
                _put_off(runtime, connection, events[0], now, fault)
        _ring(runtime, rings)
        _tell(events, since)
    return taken


def _tell(events: Sequence[Waiting], since: int) -> None:
    """Where requests go on: what citizens did, not what is reported of our own messages.

    One line for all of a batch, because a line each would cost a tenth of the work itself.
    """
    heard = {
        one.request_id: one.id
        for one in events
        if one.request_id and one.own and not one.name.startswith(REPORTS)
    }
    if heard:
        logger.info("event.heard", inbox=heard)
        tell("hear", heard, since)


def _ring(runtime: Runtime, lanes: Collection[str]) -> None:
    for lane in lanes:
        runtime.bell.ring(lane)


def _put_off(
    runtime: Runtime, connection: Connection, waiting: Waiting, now: datetime, fault: Exception
) -> None:
    parked = waiting.attempts + 1 >= MOST_ATTEMPTS
    again = None if parked else now + PAUSES[min(waiting.attempts, len(PAUSES) - 1)]
    put_back_event(connection, waiting.id, again, type(fault).__name__)
    logger.exception("hear.event_broke", inbox=waiting.id, event_name=waiting.name, parked=parked)
    if parked:
        runtime.metrics.inbox_parked.labels(waiting.name[:40]).inc()
        with suppress(Unreadable):
            apologise(runtime, connection, waiting, now)


def event_key(waiting: Waiting) -> str:
    """What is owed, or kept, once for this event is known by it."""
    return f"zalo:{waiting.id}"


def apologise(runtime: Runtime, connection: Connection, waiting: Waiting, now: datetime) -> None:
    """Who asked what broke the code is told so: a citizen never gets silence."""
    body = runtime.vault.open(waiting.payload)
    event = read_event(body, waiting.event_at, runtime.settings.zalo_oa_id)
    if event.kind not in (EventKind.TEXT, EventKind.PHOTO):
        return
    answerer, talk = Answerer(runtime, now, {}), Conversation(runtime, connection, now)
    batch = _Batch(runtime, answerer, talk, {}, {}, Outcome(), echo_key(runtime))
    reply = batch.answerer.say("trouble", "talk.trouble", "another")
    batch.owe(Heard(waiting, event, None), reply, event_key(waiting))
    owe(connection, batch.outcome.owed)


def _work(
    runtime: Runtime, connection: Connection, events: Sequence[Waiting], now: datetime
) -> set[str]:
    """Work on these events inside one transaction; the lanes to ring once it is committed."""
    with span("hear", events=len(events)):
        heard = [understand(runtime, waiting) for waiting in events]
        rings = answer_heard(runtime, connection, heard, now)
        close_events(connection, [waiting.id for waiting in events])
    return rings


def answer_heard(
    runtime: Runtime, connection: Connection, heard: Sequence[Heard], now: datetime
) -> set[str]:
    """Answer events inside the transaction that closes them; the lanes to ring after it."""
    people = [one for one in heard if one.event.kind not in NO_PERSONS]
    users = {one.event.user_id for one in people}
    followers = hold_followers(connection, users, now)
    codes = {code for one in people if one.intent for code in one.intent.codes}
    known = {
        code: Known(found.dossier_id, found.progress)
        for code, found in progress_by_codes(connection, sorted(codes)).items()
    }
    numbers = {one.intent.number for one in people if one.intent and one.intent.number}
    askers = {one.event.user_id for one in people if one.intent and one.intent.looks_up}
    past = lookups_since(connection, askers, now - WINDOW)
    checkers = {one.event.user_id for one in people if one.intent and one.intent.number}
    checks = checks_since(connection, checkers, now - WINDOW)
    asked_for = {one.dossier_id for one in known.values()}
    owned = owned_documents(connection, askers, asked_for)
    by_post = owned_post_words(runtime, connection, askers, asked_for)
    outcome = Outcome()
    clerks = Clerks(open_talks(connection, users), outcome.lookups)
    batch = _Batch(
        runtime,
        Answerer(runtime, now, known, standings(runtime, connection, numbers)),
        Conversation(runtime, connection, now, clerks, owned=owned, by_post=by_post),
        dict(followers),
        {
            asker: Allowances(Allowance.of(rows), Allowance.of(checks.get(asker, ())))
            for asker, rows in past.items()
        },
        outcome,
        echo_key(runtime),
    )
    apply_receipts(runtime, connection, [told for one in heard for told in one.event.receipts])
    for one in heard:
        batch.take(one)
        note_template_news(runtime, connection, one.event)
    save_followers(
        connection, [each for user, each in batch.followers.items() if each != followers[user]]
    )
    owe(connection, batch.outcome.owed)
    remember_lookups(connection, batch.outcome.lookups)
    remember_echoes(connection, batch.outcome.echoes)
    return batch.conversation.rings


def understand(runtime: Runtime, waiting: Waiting) -> Heard:
    """What a stored event means."""
    body = runtime.vault.open(waiting.payload)
    event = read_event(body, waiting.event_at, runtime.settings.zalo_oa_id)
    readable = event.kind in (EventKind.TEXT, EventKind.PHOTO, EventKind.LINK)
    keyword = runtime.settings.sms_keyword
    return Heard(waiting, event, read_intent(event.text, keyword) if readable else None)


@dataclass(slots=True)
class _Batch:
    """A batch while it is worked on."""

    runtime: Runtime
    answerer: Answerer
    conversation: Conversation
    followers: dict[str, Follower]
    allowances: dict[str, Allowances]
    outcome: Outcome
    echo_key: bytes

    def take(self, heard: Heard) -> None:
        """Apply one event and owe its reply, if it is owed one."""
        event = heard.event
        if event.kind is EventKind.ECHO:
            self._echo(heard)
        if event.kind in NO_PERSONS:
            return
        before = self.followers[event.user_id]
        self.followers[event.user_id] = after_event(before, event)
        asked = Asked()
        reply = self._reply(heard, before, asked)
        if reply is None:
            return
        key = event_key(heard.waiting)
        self.owe(heard, reply, key)
        self._remember(event.user_id, asked, key, heard)

    def _reply(self, heard: Heard, before: Follower, asked: Asked) -> Reply | None:
        """Interfaces 5: one reply to each text or photo, a hint an hour to the rest."""
        event, intent, arrived_at = heard.event, heard.intent, heard.waiting.arrived_at
        if event.kind is EventKind.FOLLOW:
            if before.following or not is_newer(before, event):
                return None
            return self.answerer.say("welcome", "talk.welcome", "slip_help")
        if event.kind in (EventKind.UNFOLLOW, EventKind.WITHDRAW):
            if event.kind is EventKind.WITHDRAW or is_newer(before, event):
                self.conversation.end(event, arrived_at)
            return None
        key = event_key(heard.waiting)
        conversed = self.conversation.reply(event, intent, arrived_at, key)
        if conversed:
            return conversed
        if intent and (intent.codes or event.kind is EventKind.TEXT):
            return self._answer(heard, intent, asked)
        if event.kind is EventKind.PHOTO:
            return self.answerer.say("help", heard.photo_words, "slip_help")
        return self._hint(event.user_id)

    def _answer(self, heard: Heard, intent: Intent, asked: Asked) -> Reply:
        """What was asked for, and below it what its codes mean for follows and talks."""
        event = heard.event
        allowances = self.allowances.get(event.user_id, Allowances())
        reply = self.answerer.answer(intent, allowances, asked)
        if not intent.codes:
            return reply
        key = event_key(heard.waiting)
        return self.conversation.beside(event, heard.waiting.arrived_at, key, asked, reply)

    def _hint(self, user_id: str) -> Reply | None:
        follower, now = self.followers[user_id], self.answerer.now
        if not may_hint(follower, now):
            return None
        self.followers[user_id] = replace(follower, hinted_at=now)
        return self.answerer.say("hint", "ask.type_code", "slip_help")

    def owe(self, heard: Heard, reply: Reply, key: str) -> None:
        """Owe a reply to one event, in parts where it is too long for one message."""
        now = self.answerer.now
        parts = split_text(reply.text)
        for place, part in enumerate(parts):
            buttons = reply.buttons if place == len(parts) - 1 else ()
            arrived_at = heard.waiting.arrived_at
            message = ChatMessage(
                reply.event,
                heard.event.user_id,
                part,
                f"{key}:{place}",
                arrived_at,
                buttons,
                heard.waiting.request_id or "",
            )
            self.outcome.owed.append(chat_record(self.runtime, self.echo_key, message, now))

    def _remember(self, asker: str, asked: Asked, key: str, heard: Heard) -> None:
        typed = "link" if heard.event.kind is EventKind.LINK else "typed"
        for code, dossier_id in asked.lookups:
            way = "photo" if code in heard.photographed else typed
            self.runtime.metrics.lookups.labels(way, "known" if dossier_id else "unknown").inc()
            self.outcome.lookups.append(
                {
                    "asker": asker,
                    "at": self.answerer.now,
                    "way": way,
                    "code": code,
                    "dossier_id": dossier_id,
                    "outbox_key": f"{key}:0",
                }
            )
        for standing in asked.results:
            known = "unknown" if standing is Standing.UNKNOWN else "known"
            self.runtime.metrics.lookups.labels(PAPER, known).inc()
            self.outcome.lookups.append(lookup_row(asker, self.answerer.now, standing, f"{key}:0"))

    def _echo(self, heard: Heard) -> None:
        event = heard.event
        if event.user_id and event.msg_id:
            text = unicodedata.normalize("NFC", event.text)
            self.outcome.echoes.append(
                {
                    "carrier_id": event.msg_id,
                    "recipient": event.user_id,
                    "text_mark": blind_index(self.echo_key, text),
                    "at": heard.waiting.arrived_at,
                }
            )
