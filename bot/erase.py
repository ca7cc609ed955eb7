"""Wishes to be forgotten are carried out: some rows a transaction, begun again where it ended."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from bot.core.limits import WINDOW
from bot.database import reading
from bot.end_talks import ERASED
from bot.index_key import index_key
from bot.logs import log
from bot.nameless_dossiers import make_nameless
from bot.runtime import Runtime
from bot.store import nameless, wiped_chats
from bot.store.erasures import Erasure, close_erasure, due_erasures, go_on_later

ROWS = 500  # of one transaction
AGAIN = timedelta(hours=1)  # what is on its way, and what limits count, is looked at again then
MOST_AT_ONCE = 20  # wishes of one run of the timed job

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Erased:
    """What a wish has come to.

    Shape: `counts` of everything that was erased for it so far; `left` of what is on its way or
           still counted by a limit, and goes within three days by itself.
    """

    counts: Counter[str]
    left: Counter[str]


def erase_due(runtime: Runtime) -> int:
    """Go on with every wish that is due; how many there were."""
    with reading(runtime.engine) as connection:
        due = due_erasures(connection, runtime.now(), MOST_AT_ONCE)
    for one in due:
        carry_out(runtime, one)
    return len(due)


def carry_out(runtime: Runtime, wish: Erasure) -> Erased:
    """Erase all of one wish that can be erased now.

    Safe to kill and to run twice: each transaction erases what is still there, and the wish is
    closed only when nothing is left, and nobody has asked for it again meanwhile.
    """
    counts = Counter(wish.erased)
    steps = _of_phone if wish.phone_index is not None else _of_chat
    left = steps(runtime, wish, counts)
    now = runtime.now()
    with runtime.engine.begin() as connection:
        if left.total() or not close_erasure(connection, wish, counts, now):
            go_on_later(connection, wish, counts, now + AGAIN)
    logger.info("erasure.carried_out", erasure=wish.id, how=wish.how, left=left.total())
    return Erased(counts, left)


def _of_phone(runtime: Runtime, wish: Erasure, counts: Counter[str]) -> Counter[str]:
    index, until, now = wish.phone_index or b"", wish.asked_at, runtime.now()
    key, mark = index_key(runtime), index.hex()

    def dossiers(connection: Connection) -> int:
        rows = nameless.hold_dossiers_of(connection, nameless.of_phone(index), ROWS // 5)
        done, in_part = make_nameless(runtime, connection, key, rows)
        counts["dossiers_kept_in_part"] += in_part
        return done

    _all(runtime, counts, "dossiers", dossiers)
    with reading(runtime.engine) as connection:
        notices = nameless.notices_to(connection, mark)
        told = nameless.told_to(connection, mark, until)
        lists = wiped_chats.lists_with(connection, index)
    _each(runtime, counts, "notices", notices, nameless.nameless_notices)
    _each(runtime, counts, "announcements", told, nameless.nameless_recipients)
    _each(
        runtime, counts, "announcement_lists", lists,
        lambda connection, ids: wiped_chats.drop_listed(connection, ids, mark),
    )  # fmt: skip
    with runtime.engine.begin() as connection:
        counts["phone_links"] += wiped_chats.wipe_phone_links(connection, index)
        counts["sms_inbound"] += wiped_chats.wipe_sms(connection, index, now - WINDOW)
        counts["lookups"] += wiped_chats.wipe_asker(connection, mark, now - WINDOW)
        counts["phone_states"] += wiped_chats.drop_phone_state(connection, index)
    with reading(runtime.engine) as connection:
        return Counter(
            notices=len(nameless.notices_to(connection, mark)),
            sms_inbound=wiped_chats.sms_left(connection, index),
            announcements=len(nameless.told_to(connection, mark, until)),
            announcement_lists=len(wiped_chats.lists_with(connection, index)),
        )


def _of_chat(runtime: Runtime, wish: Erasure, counts: Counter[str]) -> Counter[str]:
    user, until = wish.user_id or "", wish.asked_at
    nothing = runtime.vault.seal(ERASED)
    with reading(runtime.engine) as connection:
        messages = wiped_chats.messages_to(connection, user, until)
        told = nameless.told_to(connection, user, until)
    _each(
        runtime, counts, "messages", messages,
        lambda connection, ids: wiped_chats.wipe_messages(connection, ids, nothing),
    )  # fmt: skip
    _each(runtime, counts, "announcements", told, nameless.nameless_recipients)
    asked_until = min(until, runtime.now() - WINDOW)
    with runtime.engine.begin() as connection:
        counts["lookups"] += wiped_chats.wipe_asker(connection, user, asked_until)
        of_it = nameless.by_chat(user, until)
        counts["complaints"] += nameless.blank_complaints(connection, of_it)
        counts["attempts"] += nameless.nameless_attempts(connection, user, until)
    with reading(runtime.engine) as connection:
        return Counter(
            messages=len(wiped_chats.messages_to(connection, user, until)),
            lookups=wiped_chats.lookups_left(connection, user, until),
            attempts=nameless.attempts_left(connection, user, until),
            announcements=len(nameless.told_to(connection, user, until)),
        )


def _each(
    runtime: Runtime,
    counts: Counter[str],
    what: str,
    ids: Sequence[int],
    some: Callable[[Connection, Sequence[int]], int],
) -> None:
    """Erase rows by their ids, some a transaction.

    They were looked for while others could write: what is not closed by its turn is left, and
    counted as left.
    """
    for start in range(0, len(ids), ROWS):
        with runtime.engine.begin() as connection:
            counts[what] += some(connection, ids[start : start + ROWS])


def _all(
    runtime: Runtime, counts: Counter[str], what: str, some: Callable[[Connection], int]
) -> None:
    """Erase until nothing is left, a transaction at a time."""
    while True:
        with runtime.engine.begin() as connection:
            done = some(connection)
        counts[what] += done
        if not done:
            return
