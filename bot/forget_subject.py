"""Whoever has a phone is forgotten: what may go goes, what must stay loses the person."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.core.handover import Ending
from bot.core.phone import Phone
from bot.core.phone_proof import day_began
from bot.core.staff import Deed
from bot.erase import carry_out, erase_due
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.stop_following import ENDED, forget_chat, forget_phone_of
from bot.store.audit import write_deed
from bot.store.erasures import ask_erasure, wishes_of_chats
from bot.store.phone_proofs import blank_codes, cancel_codes, take_turn
from bot.store.subjects import Accounts, accounts_of
from bot.store.wiped_chats import proofs_of_phone, wipe_phone_proofs
from bot.talk import Talk
from bot.vault import blind_index

# What stays, in a form without the person, and why; by what is printed and written down.
KEPT = {
    "dossiers": "the dossier's code, procedure, steps and dates stay: the agency's own record, by "
    "law its to keep; the software that feeds it still knows its person",
    "dossiers_kept_in_part": "dossiers taken in here that are still being worked on keep their "
    "names and papers until they are done: no other record of them exists",
    "notices": "that a notice was due, how it went and what it cost stays: the books are checked "
    "against it",
    "consents": "that consent was given and taken back stays, by the chat's id alone: the proof",
    "followers": "that a chat follows the page stays: Zalo tells it, and ends with unfollowing",
    "events": "what a chat sent that got no reply (stickers, leaving the page) stays sealed until "
    "it is 30 days old: only a reply tells whose an event was",
    "audit": "what staff did stays at least 12 months; it names codes, nobody's phone or name",
}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What came of a wish: `ended` links and follows, what was `erased`, what is `left` to go."""

    ended: int
    erased: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    @property
    def anything(self) -> bool:
        """Whether anything was held."""
        return bool(self.ended or any(self.erased.values()))


def forget_subject(runtime: Runtime, phone: Phone) -> Forgotten:
    """Forget a phone, and the chats whose only proved phone it is.

    A chat that has proved other phones too loses this one and goes on with the rest. Run it again
    at any time: what is gone stays gone, and what was left half-way is gone on with.
    """
    index, now = blind_index(index_key(runtime), phone.e164), runtime.now()
    wish = {"how": "command", "phone_index": index, "asked_at": now, "due_at": now}
    with runtime.engine.begin() as connection:
        take_turn(connection)
        chats = accounts_of(connection, index)
        ended = _end_chats(runtime, connection, chats, index)
        proofs = _end_proofs(runtime, connection, index)
        order = ask_erasure(connection, wish)
        wishes = [order, *wishes_of_chats(connection, chats.own)]
        deed = Deed("subject.forgotten", None, "subject", str(order.id), {"ended": ended})
        write_deed(connection, None, now, deed)
    erased, left = Counter({**order.erased, "phone_proofs": proofs}), Counter[str]()
    for one in wishes:
        came_to = carry_out(runtime, one)
        erased.update(came_to.counts - Counter(one.erased))
        left.update(came_to.left)
    erase_due(runtime)  # what an earlier run was killed at
    return Forgotten(ended, dict(+erased), dict(+left))


def _end_chats(runtime: Runtime, connection: Connection, chats: Accounts, index: bytes) -> int:
    """End what the chats of this phone are told by it; how many links and follows."""
    ended = 0
    for user in chats.own:
        phones, dossiers, _ = forget_chat(
            _talk(runtime, connection, user), Ending.FORGET, runtime.now()
        )
        ended += phones + dossiers
    for user in chats.shared:
        ended += forget_phone_of(_talk(runtime, connection, user), index)
    return ended


def _talk(runtime: Runtime, connection: Connection, user: str) -> Talk:
    now = runtime.now()
    return Talk(runtime, connection, user, now, now, now)


def _end_proofs(runtime: Runtime, connection: Connection, index: bytes) -> int:
    """No code goes to this phone any more, and none that went tells of it."""
    proofs = proofs_of_phone(connection, index)
    cancel_codes(connection, proofs, runtime.now(), ENDED)
    blank_codes(connection, proofs)
    return wipe_phone_proofs(connection, index, day_began(runtime.now(), runtime.settings.zone))
