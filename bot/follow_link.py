"""An announcement's short link followed: counted, and nobody with it."""

from bot.database import reading
from bot.runtime import Runtime
from bot.store.announcement_pictures import Picture, shown_picture
from bot.store.announcements import follow_link

MOST_TOKEN = 40


def follow(runtime: Runtime, token: str) -> str | None:
    """Where a short link leads; None for one that leads nowhere."""
    with runtime.engine.begin() as connection:
        return follow_link(connection, token[:MOST_TOKEN].lower())


def picture_for_all(runtime: Runtime, token: str) -> Picture | None:
    """A picture that Zalo may fetch; None for one of an announcement that has not begun."""
    with reading(runtime.engine) as connection:
        return shown_picture(connection, token[:MOST_TOKEN])
