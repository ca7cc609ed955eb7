"""What Zalo told of our templates by itself, and which of their messages it refused."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.message import TemplateNews
from bot.store.notice_tables import attempt, notice, template_state
from bot.store.tables import agency, dossier

# How many of the newest rows are looked at, so that a look stays quick in a big house.
LATEST_ATTEMPTS = 20_000
LATEST_DOSSIERS = 20_000


@dataclass(frozen=True, slots=True)
class TemplateState:
    """The newest news of one template; "" for what was never told."""

    template_id: str
    status: str
    quality: str
    reason: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class TemplateRefusals:
    """How often a template's messages of one event were refused with one code."""

    event: str
    rung: str
    code: str
    count: int


def remember_template(connection: Connection, news: TemplateNews, at: datetime) -> None:
    """Store news of one template; the newest wins, older news only fills what is unknown.

    Status and quality come by events of their own, so one of them leaves the other as it was.
    """
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(template_state).values(
        template_id=news.template_id,
        status=news.status or None,
        quality=news.quality or None,
        reason=news.reason or None,
        changed_at=at,
    )
    new, old = insert.excluded, template_state.c
    is_newer = new.changed_at >= old.changed_at

    def newest(name: str) -> Any:
        """The new value where it is newer, or the only one."""
        return case((is_newer, func.coalesce(new[name], old[name])), else_=_known(old, new, name))

    changes = {name: newest(name) for name in ("status", "quality")}
    # The reason belongs to the status: a new status without a reason has none.
    changes["reason"] = case((is_newer & new.status.is_not(None), new.reason), else_=old.reason)
    changes["changed_at"] = case((is_newer, new.changed_at), else_=old.changed_at)
    connection.execute(insert.on_conflict_do_update(index_elements=["template_id"], set_=changes))


def _known(old: Any, new: Any, name: str) -> Any:
    return func.coalesce(old[name], new[name])


def template_states(
    connection: Connection, template_ids: Collection[str]
) -> dict[str, TemplateState]:
    """The newest news of these templates, by id; those never heard of are left out."""
    columns = (
        template_state.c.template_id,
        func.coalesce(template_state.c.status, ""),
        func.coalesce(template_state.c.quality, ""),
        func.coalesce(template_state.c.reason, ""),
        template_state.c.changed_at,
    )
    wanted = template_state.c.template_id.in_(template_ids)
    return {
        row[0]: TemplateState(*row) for row in connection.execute(select(*columns).where(wanted))
    }


def template_refusals(
    connection: Connection, codes: Collection[str], since: datetime
) -> list[TemplateRefusals]:
    """How often templates were refused with one of these codes since a moment.

    Only the newest attempts are looked at.
    """
    newest = (
        select(attempt.c.notice_id, attempt.c.rung, attempt.c.code, attempt.c.begun_at)
        .order_by(attempt.c.id.desc())
        .limit(LATEST_ATTEMPTS)
        .subquery()
    )
    counted = (
        select(notice.c.event, newest.c.rung, newest.c.code, func.count())
        .join(notice, notice.c.id == newest.c.notice_id)
        .where(
            newest.c.rung.in_(("template_uid", "template_phone")),
            newest.c.code.in_(codes),
            newest.c.begun_at >= since,
        )
        .group_by(notice.c.event, newest.c.rung, newest.c.code)
        .order_by(func.count().desc())
    )
    return [TemplateRefusals(*row) for row in connection.execute(counted)]


def longest_facts(connection: Connection) -> dict[str, int]:
    """How many characters the facts of a notice have at most, by the name of the fact.

    Steps, procedures and codes are those of the newest dossiers: what they may have in theory is
    far more than any template takes.
    """
    newest = (
        select(dossier.c.code, dossier.c.local_code, dossier.c.step, dossier.c.procedure_name)
        .order_by(dossier.c.id.desc())
        .limit(LATEST_DOSSIERS)
        .subquery()
    )
    code = func.length(func.coalesce(newest.c.local_code, newest.c.code))
    longest = (code, func.length(newest.c.step), func.length(newest.c.procedure_name))
    row = connection.execute(select(*(func.max(one) for one in longest))).one()
    named = connection.execute(select(func.max(func.length(agency.c.name)))).scalar()
    return {
        "shown_code": row[0] or 0,
        "step": row[1] or 0,
        "procedure": row[2] or 0,
        "agency_name": named or 0,
    }
