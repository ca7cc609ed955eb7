"""The conversation about phones, follows and clerks: which turn leads to which verb."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.answer import Asked
from bot.complain import complain, pressed
from bot.core.intent import Intent, Kind, one_time_code
from bot.core.message import Event, EventKind, Reply
from bot.core.phone import read_phone
from bot.core.phone_proof import stated_phone
from bot.follow_slip import CONSENT_WORDS, follow_slips
from bot.hand_over import Clerks
from bot.my_data import my_data
from bot.my_dossiers import my_dossiers
from bot.news_wish import join_group, no_news, want_news
from bot.prove_phone import ask_for_code, how_to_prove, reclaim, try_code
from bot.runtime import Runtime
from bot.stop_following import forget, left, stop, withdrawn
from bot.store.phone_links import open_links
from bot.talk import Talk
from bot.tell_documents import Owned, document_words

# What is always answered here; a number or six digits only where they mean a phone.
CONVERSED = frozenset(
    {
        Kind.MY_DOSSIERS,
        Kind.MY_DATA,
        Kind.FOLLOW,
        Kind.STOP,
        Kind.FORGET,
        Kind.NEWS_STOP,
        Kind.NEWS,
        Kind.RECLAIM,
        Kind.HANDOVER,
        Kind.COMPLAINT,
        Kind.END_TALK,
    }
)


@dataclass(slots=True)
class Conversation:
    """A batch's conversation.

    Shape: `rings` are the lanes to ring once the batch is committed; `owned` the documents of
           dossiers that are asked for by whoever proved their phone, `by_post` what there is to
           say to them of a result's way by post.
    """

    runtime: Runtime
    connection: Connection
    now: datetime
    clerks: Clerks = field(default_factory=Clerks)
    rings: set[str] = field(default_factory=set)
    owned: Owned = field(default_factory=dict)
    by_post: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def reply(
        self, event: Event, intent: Intent | None, arrived_at: datetime, key: str
    ) -> Reply | None:
        """The reply to what concerns phones, follows and clerks; None where it does not."""
        talk = self._talk(event, arrived_at, key)
        if event.kind is EventKind.PHONE_SHARED:
            return ask_for_code(talk, read_phone(event.text), "shared")
        if event.kind is not EventKind.TEXT or intent is None:
            return None
        if said := _by_sign(talk, event.text, intent):
            return said
        if intent.codes:
            return None
        if self.clerks.ends(talk.user_id, event.text, intent):
            return self.clerks.end(talk)
        if self.clerks.listens(talk.user_id, event.text, intent):
            return self._within_talk(talk, event.text, intent)
        if intent.kind in CONVERSED:
            return self._conversed(talk, event.text, intent.kind)
        return _of_phone(talk, event.text, intent.kind)

    def end(self, event: Event, arrived_at: datetime) -> None:
        """The citizen unfollowed the page, or withdrew: nothing is said."""
        talk = self._talk(event, arrived_at)
        if event.kind is EventKind.WITHDRAW:
            withdrawn(talk)
        else:
            left(talk)
        self.clerks.forget(talk)

    def beside(
        self, event: Event, arrived_at: datetime, key: str, asked: Asked, reply: Reply
    ) -> Reply:
        """What a message with codes means beside its answer, said below it.

        Whoever sent a slip's own link follows its dossier, whoever proved its phone is told of its
        electronic results and of its way by post, and a code may tell which clerks are asked for.
        Shape: the text of a photo holds the links that were read off it.
        """
        talk = self._talk(event, arrived_at, key)
        how = "photo" if event.kind is EventKind.PHOTO else "link"
        codes = follow_slips(talk, event.text, asked, how)
        if codes:
            told = self.runtime.texts.render(CONSENT_WORDS, codes=", ".join(codes))
            reply = replace(reply, text=f"{reply.text}\n{told}")
        own = self._own(talk, asked)
        if own:
            reply = replace(reply, text=f"{reply.text}\n{' '.join(own)}")
        typed = event.text if event.kind is EventKind.TEXT else ""
        return self.clerks.beside(talk, typed, asked, reply)

    def _own(self, talk: Talk, asked: Asked) -> list[str]:
        """What there is of one's own dossier; of several codes each has its line and no more."""
        dossier_id = asked.lookups[0][1] if len(asked.lookups) == 1 else None
        if dossier_id is None:
            return []
        pair = talk.user_id, dossier_id
        by_post = self.by_post.get(pair)
        return [
            *document_words(self.runtime, self.owned.get(pair, ())),
            *([by_post] if by_post else []),
        ]

    def _within_talk(self, talk: Talk, text: str, intent: Intent) -> Reply:
        """A text for the clerks; a phone is proved beside it, and a one-time code not shown."""
        of_phone = _of_phone(talk, text, intent.kind)
        if of_phone and intent.kind is Kind.OTP:
            return of_phone
        passed = self.clerks.pass_on(talk, text, intent)
        return of_phone or passed

    def _conversed(self, talk: Talk, text: str, kind: Kind) -> Reply:
        if kind is Kind.HANDOVER:
            return self.clerks.wish(talk, text)
        if kind is Kind.COMPLAINT:
            return complain(talk, text)
        if kind is not Kind.FORGET:
            return _said(talk, kind)
        told = forget(talk)
        self.clerks.forget(talk)
        return told

    def _talk(self, event: Event, arrived_at: datetime, key: str = "") -> Talk:
        return Talk(
            self.runtime,
            self.connection,
            event.user_id,
            event.at,
            arrived_at,
            self.now,
            self.rings,
            key,
        )


def _by_sign(talk: Talk, text: str, intent: Intent) -> Reply | None:
    """The reply to a button's own sign, or to an invitation; None where the text is neither."""
    return pressed(talk, text) or (None if intent.codes else join_group(talk, text))


def _said(talk: Talk, kind: Kind) -> Reply:
    if kind is Kind.STOP:
        return stop(talk)
    if kind in (Kind.NEWS_STOP, Kind.NEWS):
        return no_news(talk) if kind is Kind.NEWS_STOP else want_news(talk)
    if kind is Kind.RECLAIM:
        return reclaim(talk)
    if kind is Kind.MY_DATA:
        return my_data(talk)
    if kind is Kind.MY_DOSSIERS:
        return my_dossiers(talk) or how_to_prove(talk, "mine.how")
    phones = len(open_links(talk.connection, talk.user_id))
    if not phones:
        return how_to_prove(talk, "follow.how")
    return talk.reply("follow", talk.words("follow.on", count=str(phones)), "mine")


def _of_phone(talk: Talk, text: str, kind: Kind) -> Reply | None:
    """The reply to six digits or a number that mean a phone; None where they do not."""
    if kind is Kind.OTP:
        digits = one_time_code(text)
        return try_code(talk, digits) if digits else None
    reading = stated_phone(text) if kind is Kind.PHONE else None
    return ask_for_code(talk, reading, "typed") if reading else None
