"""What SMS gateways said is left of our money."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.watch_tables import gateway_balance


@dataclass(frozen=True, slots=True)
class Balance:
    """One gateway's balance; Units: đồng, None while it never told one."""

    gateway: str
    dong: int | None
    told_at: datetime | None
    asked_at: datetime
    fault: str | None


def put_balance(
    connection: Connection, gateway: str, dong: int | None, fault: str, at: datetime
) -> None:
    """Write down what a gateway answered; a balance told before stays when it now tells none."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    values: dict[str, Any] = {"asked_at": at, "fault": fault[:100] or None}
    if dong is not None:
        values |= {"dong": dong, "told_at": at}
    connection.execute(
        dialect.insert(gateway_balance)
        .values(gateway=gateway, **values)
        .on_conflict_do_update(index_elements=["gateway"], set_=values)
    )


def balances(connection: Connection) -> dict[str, Balance]:
    """The newest word of every gateway that was ever asked."""
    columns = gateway_balance.c
    rows = connection.execute(
        select(columns.gateway, columns.dong, columns.told_at, columns.asked_at, columns.fault)
    )
    return {row[0]: Balance(*row) for row in rows}
