"""The conversation about phones and follows: which turn leads to which verb."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.answer import Asked
from bot.core.intent import Intent, Kind, one_time_code
from bot.core.message import Event, EventKind, Reply
from bot.core.phone import read_phone
from bot.core.phone_proof import stated_phone
from bot.follow_slip import CONSENT_WORDS, follow_slips
from bot.my_dossiers import my_dossiers
from bot.prove_phone import ask_for_code, how_to_prove, reclaim, try_code
from bot.runtime import Runtime
from bot.stop_following import forget, left, stop, withdrawn
from bot.store.phone_links import open_links
from bot.talk import Talk

# What is always answered here; a number or six digits only where they mean a phone.
CONVERSED = frozenset({Kind.MY_DOSSIERS, Kind.FOLLOW, Kind.STOP, Kind.FORGET, Kind.RECLAIM})


@dataclass(slots=True)
class Conversation:
    """A batch's conversation; `rings` are the lanes to ring once the batch is committed."""

    runtime: Runtime
    connection: Connection
    now: datetime
    rings: set[str] = field(default_factory=set)

    def reply(self, event: Event, intent: Intent | None, arrived_at: datetime) -> Reply | None:
        """The reply to what concerns phones and follows; None where it does not."""
        talk = self._talk(event, arrived_at)
        if event.kind is EventKind.PHONE_SHARED:
            return ask_for_code(talk, read_phone(event.text), "shared")
        if event.kind is not EventKind.TEXT or intent is None or intent.codes:
            return None
        if intent.kind in CONVERSED:
            return _said(talk, intent.kind)
        if intent.kind is Kind.OTP:
            digits = one_time_code(event.text)
            return try_code(talk, digits) if digits else None
        reading = stated_phone(event.text) if intent.kind is Kind.PHONE else None
        return ask_for_code(talk, reading, "typed") if reading else None

    def end(self, event: Event, arrived_at: datetime) -> None:
        """The citizen unfollowed the page, or withdrew: nothing is said."""
        talk = self._talk(event, arrived_at)
        if event.kind is EventKind.WITHDRAW:
            withdrawn(talk)
        else:
            left(talk)

    def follow(self, event: Event, arrived_at: datetime, asked: Asked, reply: Reply) -> Reply:
        """Let whoever sent a slip's own link follow its dossier; the reply says so."""
        codes = follow_slips(self._talk(event, arrived_at), event.text, asked)
        if not codes:
            return reply
        told = self.runtime.texts.render(CONSENT_WORDS, codes=", ".join(codes))
        return replace(reply, text=f"{reply.text}\n{told}")

    def _talk(self, event: Event, arrived_at: datetime) -> Talk:
        return Talk(
            self.runtime,
            self.connection,
            event.user_id,
            event.at,
            arrived_at,
            self.now,
            self.rings,
        )


def _said(talk: Talk, kind: Kind) -> Reply:
    if kind is Kind.STOP:
        return stop(talk)
    if kind is Kind.FORGET:
        return forget(talk)
    if kind is Kind.RECLAIM:
        return reclaim(talk)
    if kind is Kind.MY_DOSSIERS:
        return my_dossiers(talk) or how_to_prove(talk, "mine.how")
    phones = len(open_links(talk.connection, talk.user_id))
    if not phones:
        return how_to_prove(talk, "follow.how")
    return talk.reply("follow", talk.words("follow.on", count=str(phones)), "mine")
