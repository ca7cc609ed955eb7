"""An announcement sent to a few of our own chats first, as citizens would get it."""

from bot.core.announcement import Road
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.store.announcement_queue import add_testers, next_turn
from bot.store.announcement_wishes import testers
from bot.store.announcements import announcement_by_id
from bot.store.audit import write_deed

MOST_TESTERS = 20


def try_out(runtime: Runtime, actor: Actor, announcement_id: int) -> int | None:
    """Send what stands there to every chat that joined the testers; how many those are.

    It goes by chat: a tester wrote to the page not long ago, when joining. None when the
    announcement is not the actor's.
    """
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = announcement_by_id(connection, announcement_id, hold=True)
        if found is None or found.content.agency not in actor.agencies:
            return None
        roads = {user_id: str(Road.CHAT) for user_id, *_ in testers(connection)[:MOST_TESTERS]}
        turn = next_turn(connection, announcement_id)
        add_testers(connection, announcement_id, turn, roads, now)
        detail: dict[str, str | int | bool | None] = {
            "revision": found.revision,
            "chats": len(roads),
        }
        deed = Deed(
            "announcement.tried", found.content.agency, "announcement", str(found.id), detail
        )
        write_deed(connection, actor, now, deed)
    runtime.bell.ring("bulk")
    return len(roads)


def count_testers(runtime: Runtime) -> int:
    """How many chats get test sends."""
    with reading(runtime.engine) as connection:
        return len(testers(connection))
