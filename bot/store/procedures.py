"""Procedures that desks take in, and the papers they ask for."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.core.appointment import DayKind
from bot.core.counter_procedure import Offered, PaperRule, ProcedureRule
from bot.store.counter_tables import procedure, procedure_paper


def procedures_of(
    connection: Connection, agencies: Collection[str] | None, code: str | None = None
) -> list[Offered]:
    """Those that these agencies set themselves (None: every agency), retired ones too, by code."""
    chosen = select(procedure).order_by(procedure.c.agency_code, procedure.c.code)
    if agencies is not None:
        chosen = chosen.where(procedure.c.agency_code.in_(sorted(agencies)))
    if code is not None:
        chosen = chosen.where(procedure.c.code == code)
    rows = connection.execute(chosen).all()
    papers = _papers_of(connection, [row.id for row in rows])
    return [_offered(row._mapping, papers[row.id]) for row in rows]


def procedure_by_id(connection: Connection, procedure_id: int) -> Offered | None:
    """One, retired or not."""
    row = connection.execute(select(procedure).where(procedure.c.id == procedure_id)).one_or_none()
    if row is None:
        return None
    return _offered(row._mapping, _papers_of(connection, [row.id])[row.id])


def put_procedure(
    connection: Connection, agency_code: str, rule: ProcedureRule, known: int | None, now: datetime
) -> None:
    """Store a procedure of an agency, anew under the id it is known by; it is in force again."""
    values = {
        "name": rule.name,
        "days": rule.days,
        "day_kind": str(rule.day_kind),
        "same_day": rule.same_day,
        "fees": rule.fees,
        "guide": rule.guide,
        "updated_at": now,
        "retired_at": None,
    }
    if known is None:
        first = insert(procedure).values(agency_code=agency_code, code=rule.code, **values)
        known = connection.execute(first.returning(procedure.c.id)).scalar_one()
    else:
        connection.execute(update(procedure).where(procedure.c.id == known).values(values))
        connection.execute(delete(procedure_paper).where(procedure_paper.c.procedure_id == known))
    _put_papers(connection, known, rule.papers)


def retire_procedures(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Offer these no more; dossiers that were taken in keep them."""
    if ids:
        connection.execute(
            update(procedure).where(procedure.c.id.in_(sorted(ids))).values(retired_at=now)
        )


def _put_papers(connection: Connection, procedure_id: int, papers: Sequence[PaperRule]) -> None:
    if papers:
        rows = [
            {
                "procedure_id": procedure_id,
                "place": place,
                "name": paper.name,
                "originals": paper.originals,
                "certified": paper.certified,
                "copies": paper.copies,
            }
            for place, paper in enumerate(papers, start=1)
        ]
        connection.execute(insert(procedure_paper), rows)


def _papers_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[PaperRule]]:
    found: defaultdict[int, list[PaperRule]] = defaultdict(list)
    chosen = (
        select(
            procedure_paper.c.procedure_id,
            procedure_paper.c.name,
            procedure_paper.c.originals,
            procedure_paper.c.certified,
            procedure_paper.c.copies,
        )
        .where(procedure_paper.c.procedure_id.in_(ids))
        .order_by(procedure_paper.c.procedure_id, procedure_paper.c.place)
    )
    for procedure_id, *paper in connection.execute(chosen) if ids else ():
        found[procedure_id].append(PaperRule(*paper))
    return found


def _offered(row: Mapping[Any, Any], papers: Sequence[PaperRule]) -> Offered:
    rule = ProcedureRule(
        row["code"],
        row["name"],
        row["days"],
        DayKind(row["day_kind"]),
        row["same_day"],
        row["fees"],
        row["guide"],
        tuple(papers),
    )
    return Offered(row["id"], row["agency_code"], rule, row["retired_at"] is not None)
