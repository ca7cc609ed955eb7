"""The register of a whole country's documents is read by its indexes, on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select

from bot.core.document import Document, Kind, Validity, validity
from bot.core.document_filter import LACKS, STATES, DocumentFilter
from bot.database import reading
from bot.runtime import Runtime
from bot.store.document_register import Typed, WantedDocuments, count_registered, registered
from bot.store.document_tables import document
from bot.store.tables import dossier
from tests.make import NOW, make_record, make_runtime
from tests.webhooks.feeding import make_feeder

TODAY = NOW.date()
ANY = DocumentFilter()
DAYS = (None, *(TODAY + timedelta(days=days) for days in (-1, 0, 1)))


def rows(dossier_id: int) -> Iterator[dict[str, Any]]:
    """Documents with every mixture of days, and nothing else that differs."""
    for first in DAYS:
        for last in DAYS:
            for revoked in DAYS:
                for forever in (False, True):
                    yield {
                        "dossier_id": dossier_id,
                        "kind": "result",
                        "source": "feed",
                        "source_ref": f"{first} {last} {revoked} {forever}",
                        "agency_code": "H32.15",
                        "procedure_code": "1.2",
                        "valid_from": first,
                        "valid_until": last,
                        "revoked_on": revoked,
                        "valid_forever": forever,
                        "lacks": 0,
                        "content": b"",
                        "first_seen_at": NOW,
                        "updated_at": NOW,
                    }


@pytest.fixture
def runtime(database_url: str) -> Runtime:
    runtime = make_runtime(database_url)
    make_feeder(runtime).outcomes(make_record())
    with runtime.engine.begin() as connection:
        only = connection.scalar(select(dossier.c.id)) or 0
        connection.execute(insert(document), list(rows(only)))
    return runtime


def test_the_register_and_the_rule_agree_on_every_document(runtime: Runtime) -> None:
    with reading(runtime.engine) as connection:
        found = {
            state: registered(
                connection, WantedDocuments(TODAY, None, DocumentFilter(state=state)), 500
            )
            for state in STATES
        }
    for state in Validity:
        assert found[state]
        for row in found[state]:
            told = Document(
                Kind.RESULT,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                valid_forever=row.valid_forever,
                revoked_on=row.revoked_on,
            )
            assert validity(told, TODAY) is state
    assert sum(len(found[state]) for state in Validity) == len(list(rows(1)))
    assert found[LACKS] == []


def plan_of(connection: Connection, ask: Any) -> str:
    """How the database would find what `ask` asks for, if tables were large."""
    told: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, given: Any, _x: Any, _many: bool) -> None:
        told.append((statement, given))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    lite = connection.dialect.name == "sqlite"
    if not lite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_indexscan = on")
    explain = "EXPLAIN QUERY PLAN" if lite else "EXPLAIN"
    return str(connection.exec_driver_sql(f"{explain} {told[0][0]}", told[0][1]).all())


@pytest.mark.parametrize(
    ("wanted", "indexes"),
    [
        (
            WantedDocuments(TODAY, None, ANY, Typed(b"n", b"o", ("C",))),
            {"number", "symbol", "owner"},
        ),
        (WantedDocuments(TODAY, None, DocumentFilter(type_code="KQ.none")), {"type_code"}),
        (WantedDocuments(TODAY, None, DocumentFilter(state=Validity.REVOKED)), {"revoked"}),
        (WantedDocuments(TODAY, None, DocumentFilter(state=LACKS)), {"lacking"}),
    ],
    ids=["typed", "kind", "revoked", "lacking"],
)
def test_what_is_rare_is_found_by_an_index(
    runtime: Runtime, wanted: WantedDocuments, indexes: set[str]
) -> None:
    with reading(runtime.engine) as connection:
        plan = plan_of(connection, lambda: registered(connection, wanted, 51))
    for name in indexes:
        assert f"ix_document_{name}" in plan, plan


def test_a_count_ends_where_it_need_not_go_on(runtime: Runtime) -> None:
    with reading(runtime.engine) as connection:
        assert count_registered(connection, WantedDocuments(TODAY, None, ANY), 7) == 7
        assert count_registered(connection, WantedDocuments(TODAY, {"H32.1"}, ANY), 7) == 0
