"""A citizen wants no more notices, or wants what is kept of their phones and talks deleted."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.handover import Ending
from bot.core.message import Reply
from bot.core.phone_proof import day_began
from bot.end_talks import end_talk, erase_talks
from bot.store.announcement_wishes import opt_out
from bot.store.dossier_follows import end_follows, open_follows
from bot.store.erasures import ask_erasure
from bot.store.phone_links import blank_links, end_links, open_links
from bot.store.phone_proofs import blank_codes, blank_proofs, cancel_codes, drop_open_proofs
from bot.talk import Talk

ENDED = "no longer wanted by the citizen"
CHAT_HOW = {Ending.FORGET: "chat", Ending.WITHDRAW: "withdraw"}


def stop(talk: Talk) -> Reply:
    """End every link and follow; the reply says what ended and how to come back."""
    return talk.reply("stop", _said(talk, "stop", *_end(talk, "stop", talk.now)), "help")


def forget(talk: Talk) -> Reply:
    """End every link, follow and talk, and wipe what is kept of this citizen in them."""
    phones, dossiers, erased = forget_chat(talk, Ending.FORGET, talk.now)
    told = _said(talk, "forget", phones, dossiers)
    if erased:
        told = f"{told} {talk.words('handover.erased')}"
    return talk.reply("forget", told, "help")


def left(talk: Talk) -> None:
    """The citizen unfollowed the page: as stop, and nothing is said."""
    _end(talk, "unfollow", talk.at)
    end_talk(talk, Ending.UNFOLLOW)


def withdrawn(talk: Talk) -> None:
    """The citizen asked Zalo to have their data deleted: as forget, and nothing is said.

    Source: zalo-platform 2.6 (`user_withdraw`), 8.5.
    """
    forget_chat(talk, Ending.WITHDRAW, talk.at)


def forget_chat(talk: Talk, why: Ending, until: datetime) -> tuple[int, int, bool]:
    """Forget a chat: at once what others could still be told by, the rest soon after.

    Result: how many phones and dossiers it followed, and whether talks with clerks were erased.
    Messages, events and questions are wiped by bot/erase.py: there may be thousands of them,
    and the limits count the questions of the last hour.
    """
    phones, dossiers = _end(talk, str(why), until)
    end_talk(talk, why)
    _wipe(talk, until)
    erased = erase_talks(talk, until)
    wish = {"how": CHAT_HOW[why], "user_id": talk.user_id, "asked_at": until, "due_at": talk.now}
    ask_erasure(talk.connection, wish)
    return phones, dossiers, erased


def forget_phone_of(talk: Talk, phone_index: bytes) -> int:
    """Forget one phone of a chat that has others: its link ends, the rest goes on."""
    talk.hold()
    links = [
        one.id
        for one in open_links(talk.connection, talk.user_id)
        if one.phone_index == phone_index
    ]
    end_links(talk.connection, links, talk.now, "forget")
    _write_down(talk, "forget", "phone", links)
    return len(links)


def _end(talk: Talk, why: str, until: datetime) -> tuple[int, int]:
    """End what began before this event; how many phones and dossiers that was."""
    talk.hold()
    if why != "unfollow":  # who comes back to the page wants to hear of it again
        opt_out(talk.connection, talk.user_id, why, talk.now)
    links = [one for one in open_links(talk.connection, talk.user_id) if one.proved_at <= talk.at]
    follows = [one for one in open_follows(talk.connection, talk.user_id) if one.since <= talk.at]
    end_links(talk.connection, [one.id for one in links], talk.at, why)
    end_follows(talk.connection, [one.id for one in follows], talk.at, why)
    _write_down(talk, why, "phone", [one.id for one in links])
    _write_down(talk, why, "dossier", [one.id for one in follows])
    dropped = drop_open_proofs(talk.connection, talk.user_id, until)
    cancel_codes(talk.connection, dropped, talk.now, ENDED)
    return len(links), len(follows)


def _write_down(talk: Talk, why: str, about: str, ids: Sequence[int]) -> None:
    """Add that consent was taken back; after a wish to be forgotten without saying by whom."""
    nameless = {"user_id": ""} if why in ("forget", "withdraw") else {}
    taken_back = {"about": about, "given": False, "how": why, "words": "", **nameless}
    talk.write_consents([{**taken_back, "link_id": number} for number in ids])


def _wipe(talk: Talk, until: datetime) -> None:
    blank_links(talk.connection, talk.user_id)
    today = day_began(talk.now, talk.runtime.settings.zone)
    proofs = blank_proofs(talk.connection, talk.user_id, until, today)
    cancel_codes(talk.connection, proofs, talk.now, ENDED)
    blank_codes(talk.connection, proofs)


def _said(talk: Talk, why: str, phones: int, dossiers: int) -> str:
    if not phones and not dossiers:
        return talk.words("follow.nothing_to_stop" if why == "stop" else "follow.nothing_kept")
    key = "follow.stopped" if why == "stop" else "follow.forgotten"
    return talk.words(key, phones=str(phones), dossiers=str(dossiers))
