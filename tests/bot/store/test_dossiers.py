"""Finding dossiers by what citizens type."""

import pytest

from bot.agencies import add_agency
from bot.core.snapshot import FeedDossier, Procedure, Times
from bot.database import reading
from bot.register import register_dossiers
from bot.runtime import Runtime
from bot.store.dossiers import progress_by_codes
from bot.store.feed_keys import FeedKey
from tests.make import NOW, make_runtime

CODE, LOCAL = "000.00.17.H32-261122-0001", "0101701234"


@pytest.fixture
def runtime(database_url: str) -> Runtime:
    built = make_runtime(database_url)
    add_agency(built, "H32", "Tỉnh")
    told = FeedDossier(
        code=CODE,
        agency="H32",
        procedure=Procedure("1", "x"),
        step="Trả kết quả",
        status=9,
        changed_at=NOW,
        local_code=LOCAL,
        times=Times(due_at=NOW),
    )
    register_dossiers(built, FeedKey("fk-1", "H32", False), [told])
    return built


def test_each_code_asked_for_is_repeated_in_its_answer(runtime: Runtime) -> None:
    with reading(runtime.engine) as connection:
        found = progress_by_codes(connection, [LOCAL, "9999999999", CODE])
    assert found.keys() == {CODE, LOCAL}
    assert {code: one.progress.code for code, one in found.items()} == {CODE: CODE, LOCAL: LOCAL}
    assert found[CODE].dossier_id == found[LOCAL].dossier_id
    assert (found[CODE].agency_code, found[CODE].local_code) == ("H32", LOCAL)


def test_progress_carries_what_the_answer_needs_with_aware_times(runtime: Runtime) -> None:
    with reading(runtime.engine) as connection:
        progress = progress_by_codes(connection, [LOCAL])[LOCAL].progress
    assert (progress.step, progress.status) == ("Trả kết quả", 9)
    assert (progress.due_at, progress.ended_at, progress.finished_at) == (NOW, NOW, None)


def test_no_codes_asked_for_find_nothing(runtime: Runtime) -> None:
    with reading(runtime.engine) as connection:
        assert progress_by_codes(connection, []) == {}
