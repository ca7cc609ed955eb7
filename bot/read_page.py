"""What Zalo alone knows and announcements need: the page's tags with their members, quotas."""

from collections.abc import Collection
from threading import Event
from time import monotonic

from bot.ceiling import Ceiling
from bot.channels.channel import SendFailed
from bot.channels.zalo_announce import LAST_OFFSET, PAGE, AnnouncementChannel, build_announcements
from bot.channels.zalo_template import build_templates
from bot.database import reading
from bot.logs import log
from bot.renew import TokenSource
from bot.runtime import Runtime
from bot.store.announcement_books import put_quota, tags_in_use
from bot.store.announcement_wishes import (
    keep_page_tags,
    tag_followers,
    tag_was_read,
    untag_followers,
)

TEMPLATE_QUOTA = "template"
MOST_SECONDS = 60.0  # of one run; the next goes on with the tag that was read longest ago

logger = log(__name__)


def read_page(runtime: Runtime) -> int:
    """Read the page's tags, the members of those that announcements name, and the quota.

    Result: how many tags' members were read. What Zalo does not tell now is read later.
    """
    tokens = TokenSource(runtime)
    channel = build_announcements(runtime.settings, tokens, runtime.metrics)
    ceiling = Ceiling(runtime.settings)
    try:
        _read_quota(runtime, tokens)
        names = _allowed(ceiling) and channel.tags()
        if names is False:
            return 0
        with runtime.engine.begin() as connection:
            keep_page_tags(connection, names)
        return _read_members(runtime, channel, ceiling, names)
    except SendFailed as failed:
        logger.info("page.not_read", code=failed.code, why=failed.reason)
        return 0


def _read_quota(runtime: Runtime, tokens: TokenSource) -> None:
    if runtime.settings.zalo_announcement_template is None:
        return
    quota = build_templates(runtime.settings, tokens, runtime.metrics).quota()
    with runtime.engine.begin() as connection:
        put_quota(connection, TEMPLATE_QUOTA, quota.daily, quota.remaining, runtime.now())


def _read_members(
    runtime: Runtime, channel: AnnouncementChannel, ceiling: Ceiling, names: Collection[str]
) -> int:
    with reading(runtime.engine) as connection:
        wanted = [name for name in tags_in_use(connection) if name in names]
    began, done = monotonic(), 0
    for name in wanted:
        members = _members(channel, ceiling, name)
        with runtime.engine.begin() as connection:
            untag_followers(connection, None, name)
            tag_followers(connection, members, name, "page", runtime.now())
            tag_was_read(connection, name, runtime.now())
        done += 1
        if monotonic() - began > MOST_SECONDS:
            break
    return done


def _members(channel: AnnouncementChannel, ceiling: Ceiling, tag: str) -> list[str]:
    found: list[str] = []
    for offset in range(0, LAST_OFFSET + 1, PAGE):
        while not _allowed(ceiling):
            Event().wait(0.2)
        page = channel.tag_members(tag, offset)
        found += page
        if len(page) < PAGE:
            break
    return found


def _allowed(ceiling: Ceiling) -> bool:
    """Whether a call may be made now; replies and notices go first."""
    return ceiling.take(1, "bulk") == 1
