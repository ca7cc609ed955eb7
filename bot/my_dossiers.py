"""A citizen's own dossiers: listed in full for a proved phone, briefly for a followed slip."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.core.dossier import timing
from bot.core.message import Reply
from bot.core.notice import NoticeEvent
from bot.core.notice_truth import why_untrue
from bot.core.postal import GOES_BY_POST
from bot.core.reply_text import ZALO_LIMIT
from bot.store.documents import StoredDocument
from bot.store.dossier_follows import open_follows
from bot.store.own_documents import documents_of
from bot.store.own_dossiers import Mine, OwnDossier, close_missed, missed_notices, own_dossiers
from bot.store.phone_links import open_links
from bot.talk import Talk
from bot.tell_documents import document_words
from bot.tell_post import post_words

MOST_LISTED = 10
KEPT_FINISHED = timedelta(days=30)
KEPT_MISSED = timedelta(days=30)
MOST_MISSED = 5
NEEDED_LENGTH = 300  # characters of what is to be supplemented, so that one message holds it all
NAME_LENGTH = 120
# What the list itself does not show: a step, a date and being late stand in it anyway.
MISSED_WORDS: Mapping[NoticeEvent, str] = {
    NoticeEvent.RESULT: "mine.missed_result",
    NoticeEvent.SUPPLEMENT: "mine.missed_supplement",
    NoticeEvent.PAYMENT: "mine.missed_payment",
    NoticeEvent.REFUSED: "mine.missed_refused",
    NoticeEvent.STOPPED: "mine.missed_stopped",
}


def my_dossiers(talk: Talk) -> Reply | None:
    """The citizen's dossiers in one message; None when neither phone nor slip leads to any."""
    mine = Mine(
        [link.phone_index for link in open_links(talk.connection, talk.user_id)],
        [follow.dossier_id for follow in open_follows(talk.connection, talk.user_id)],
    )
    if not mine.phones and not mine.followed:
        return None
    return talk.reply("mine", listed(talk, mine, ZALO_LIMIT), "another")


def listed(talk: Talk, mine: Mine, room: int) -> str:
    """The list of dossiers in at most `room` characters, open ones first.

    At most ten stand in it, fewer where they are long; then how many more there are.
    """
    since = talk.now - KEPT_FINISHED
    found, total = own_dossiers(talk.connection, mine, since, MOST_LISTED)
    if not found:
        return talk.words("mine.none")
    proved = [one.dossier_id for one in found if one.proved]
    documents = documents_of(talk.connection, proved)
    by_post = post_words(talk.runtime, talk.connection, proved)
    lines = [talk.words("mine.heading")]
    more = len(talk.words("mine.more", count=str(total))) + 1
    for place, one in enumerate(found):
        entry = _entry(talk, one, documents.get(one.dossier_id, ()))
        entry = " ".join(filter(None, (entry, by_post.get(one.dossier_id))))
        if place and len("\n".join([*lines, entry])) + more > room:
            break
        lines.append(entry)
    left = total - (len(lines) - 1)
    if left:
        lines.append(talk.words("mine.more", count=str(left)))
    return "\n".join(lines)


def _entry(talk: Talk, one: OwnDossier, documents: Sequence[StoredDocument]) -> str:
    """One dossier; what a stranger may not see only where the phone is proved.

    Source: interfaces 5 (nothing personal to a stranger); domain-facts 7.1 (disclosure levels).
    """
    progress = one.progress
    word = talk.words(f"status.{timing(progress, talk.now, talk.runtime.settings.zone)}")
    says = {"code": progress.code, "step": progress.step, "timing": word}
    due = [talk.words("mine.due", date=talk.date(progress.due_at))] if progress.due_at else []
    if not one.proved:
        return " ".join([talk.words("mine.followed", **says), *due])
    procedure = _short(one.procedure_name, NAME_LENGTH)
    told = [talk.words("mine.entry", **says, procedure=procedure)]
    told.append(talk.words("mine.agency", agency=_short(one.agency_name, NAME_LENGTH)))
    if one.received_at:
        told.append(talk.words("mine.received", date=talk.date(one.received_at)))
    told += due
    vault = talk.runtime.vault
    if one.handler:
        handler = _short(vault.open_text(one.handler), NAME_LENGTH)
        told.append(talk.words("mine.handler", handler=handler))
    if one.needed:
        needed = _short("; ".join(json.loads(vault.open(one.needed))), NEEDED_LENGTH)
        told.append(talk.words("mine.needed", needed=needed))
    told += document_words(talk.runtime, documents)
    return " ".join(told)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def missed(talk: Talk, phone_index: bytes) -> list[str]:
    """What a phone's citizen could not be told before, once: a heading and lines, or nothing.

    Only what is still true is told, each event of a dossier in one line, the newest first.
    """
    found = missed_notices(talk.connection, phone_index, talk.now - KEPT_MISSED)
    close_missed(talk.connection, [one.notice_id for one in found])
    zone = talk.runtime.settings.zone
    lines: dict[tuple[str, NoticeEvent], str] = {}
    for one in found:
        key = MISSED_WORDS.get(one.told.event)
        if key and one.told.event is NoticeEvent.RESULT and one.present.post in GOES_BY_POST:
            key = "mine.missed_result_post"
        if key and not why_untrue(one.told, one.present, talk.now, zone):
            line = talk.words(key, code=one.code, date=talk.date(one.changed_at))
            lines.setdefault((one.code, one.told.event), line)
    told = list(lines.values())[:MOST_MISSED]
    return [talk.words("mine.missed"), *told] if told else []
