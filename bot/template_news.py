"""News of our templates, as Zalo sends them: kept, and told loudly when they are bad."""

from sqlalchemy import Connection

from bot.core.message import Event, TemplateNews
from bot.logs import log
from bot.runtime import Runtime
from bot.store.template_states import remember_template

ENABLED, LOW = "ENABLE", "LOW"
WHAT_TO_DO = "run: python -m bot doctor; see the ZBS console"

logger = log(__name__)


def note_template_news(runtime: Runtime, connection: Connection, event: Event) -> None:
    """Keep one piece of news; bad news of a template that is in use calls a person.

    Source: zalo-platform 2.6, 5.4.
    """
    news = event.news
    if news is None:
        return
    if not news.template_id:  # the account's quota, which no row is kept for
        logger.warning("zalo.quota_changed", why=news.reason, at=event.at.isoformat())
        return
    remember_template(connection, news, event.at)
    used_for = used_for_events(runtime, news.template_id)
    told = logger.error if used_for and is_bad(news) else logger.info
    told(
        "template.news",
        template=news.template_id,
        used_for=used_for,
        status=news.status,
        quality=news.quality,
        why=news.reason,
        at=event.at.isoformat(),
        do=WHAT_TO_DO if used_for and is_bad(news) else "",
    )


def is_bad(news: TemplateNews) -> bool:
    """Whether a template cannot be sent any more, or soon cannot."""
    return news.status not in ("", ENABLED) or news.quality == LOW


def used_for_events(runtime: Runtime, template_id: str) -> str:
    """The events that the settings use a template for, "" for none."""
    templates = runtime.settings.zalo_templates
    return ",".join(str(event) for event, one in templates.items() if one.id == template_id)
