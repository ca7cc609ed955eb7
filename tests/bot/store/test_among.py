"""One statement takes lists of any length, on both databases."""

import pytest
from sqlalchemy import event, select

from bot.database import reading
from bot.store.among import by_dialect
from bot.store.notice_tables import phone_state
from bot.store.phone_states import no_template
from tests.make import NOW, make_runtime

KNOWN = [bytes([number]) * 32 for number in range(4)]
CHOSEN = by_dialect(
    lambda among: (
        select(phone_state.c.phone_index)
        .where(among(phone_state.c.phone_index, "indexes"))
        .order_by(phone_state.c.phone_index)
    )
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([], []),
        (KNOWN[1:2], KNOWN[1:2]),
        ([KNOWN[2], KNOWN[0], b"\xff" * 32], [KNOWN[0], KNOWN[2]]),
        ([*KNOWN, *(bytes([9, number % 256, number // 256]) for number in range(1000))], KNOWN),
    ],
)
def test_exactly_the_listed_rows_are_found(
    database_url: str, asked: list[bytes], found: list[bytes]
) -> None:
    runtime = make_runtime(database_url)
    with runtime.engine.begin() as connection:
        for index in KNOWN:
            no_template(connection, index, NOW, NOW)
    with reading(runtime.engine) as connection:
        chosen = CHOSEN[connection.dialect.name]
        assert list(connection.execute(chosen, {"indexes": asked}).scalars()) == found


def test_on_postgresql_the_statement_does_not_grow_with_the_list(postgres_url: str) -> None:
    runtime = make_runtime(postgres_url)
    said: list[str] = []

    @event.listens_for(runtime.engine, "before_cursor_execute")
    def listen(*told: object) -> None:
        said.append(str(told[2]))

    with reading(runtime.engine) as connection:
        for asked in (KNOWN[:1], KNOWN):
            connection.execute(CHOSEN["postgresql"], {"indexes": asked})
    assert len(set(said)) == 1
