"""What stands in the books of the token pair, and what a call failed with."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from bot.channels.channel import SendFailed
from bot.runtime import Runtime
from bot.store.tables import carrier_token, carrier_token_event

A_DAY = 90000


def stored(runtime: Runtime) -> dict[str, object]:
    """The row, opened."""
    with runtime.engine.connect() as connection:
        row = connection.execute(select(carrier_token)).mappings().one()
    sealed = ("access", "refresh", "previous_access", "previous_refresh")
    opened = {name: runtime.vault.open_text(row[name]) if row[name] else None for name in sealed}
    return {**row, **opened}


def history(runtime: Runtime) -> list[str]:
    """The audit trail, in order."""
    what = carrier_token_event.c.what
    with runtime.engine.connect() as connection:
        return list(connection.scalars(select(what).order_by(carrier_token_event.c.id)))


def failure(call: Callable[[], object]) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        call()
    return failed.value


def block_writes(runtime: Runtime) -> Callable[[], None]:
    """Keep everyone from writing the pair; gives what ends it."""
    connection = runtime.engine.connect()
    transaction = connection.begin()
    if runtime.engine.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE carrier_token IN SHARE MODE"))

    def end() -> None:
        transaction.rollback()
        connection.close()

    return end
