"""Dossiers of before the search: found by name once their marks are filled in."""

from dataclasses import replace

import pytest
from sqlalchemy import delete

from bot.fill_names import BATCH, fill_names
from bot.find_dossiers import find_dossiers
from bot.store.counter_tables import dossier_name
from tests.bot.counter_place import Counter
from tests.bot.owing import make_told, numbered


@pytest.fixture
def counter(database_url: str) -> Counter:
    return Counter(database_url)


def test_whoever_has_a_name_and_no_mark_is_found_again(counter: Counter) -> None:
    told = [
        numbered(replace(make_told(), owner_name="Nguyễn Thị Sáu" if number % 2 else None), number)
        for number in range(1, BATCH + 60)
    ]
    counter.feed(*told)
    with counter.runtime.engine.begin() as connection:
        connection.execute(delete(dossier_name).where(dossier_name.c.dossier_id > 3))
    assert len(find_dossiers(counter.runtime, counter.lan, "thi sau").rows) == 2
    assert fill_names(counter.runtime) == sum(one.owner_name is not None for one in told[3:])
    assert find_dossiers(counter.runtime, counter.lan, "thi sau").more
    assert fill_names(counter.runtime) == 0
