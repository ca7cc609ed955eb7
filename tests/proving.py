"""A citizen proves a phone in a test: asks, reads the code off the phone, types it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, select

from bot.store.notice_tables import notice
from tests.conversation import House
from tests.zalo_calls import CITIZEN, SETTINGS

PHONE = "0905 123 456"
MASKED = "090***3456"
ANOTHER = "8112233445566778899"


def stored(house: House, table: Table) -> list[dict[str, Any]]:
    """Every row of a table, oldest first."""
    with house.runtime.engine.connect() as connection:
        rows = connection.execute(select(table).order_by(*table.primary_key)).all()
    return [row._asdict() for row in rows]


def codes_sent(house: House, phone: str = "+84905123456") -> list[str]:
    """The codes on their way to a phone, oldest first."""
    vault = house.runtime.vault
    return [
        vault.open_text(row["secret"])
        for row in stored(house, notice)
        if row["secret"] and vault.open_text(row["phone"]) == phone
    ]


def prove(house: House, phone: str = PHONE, user: str = CITIZEN, e164: str = "+84905123456") -> str:
    """Prove a phone; returns what the citizen is told then."""
    house.say(phone, user)
    return house.say(codes_sent(house, e164)[-1], user)


def not_the(digits: str) -> str:
    """Six digits that are others than these."""
    return f"{(int(digits) + 1) % 1_000_000:06}"


def at(event: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """The event as if it had happened at that moment."""
    return {**event, "timestamp": str(int(moment.astimezone(UTC).timestamp() * 1000))}


def shared_phone(phone: object, user: str = CITIZEN) -> dict[str, Any]:
    """A citizen shared a phone by Zalo's form."""
    return {
        "event_name": "user_submit_info",
        "app_id": SETTINGS.zalo_app_id,
        "sender": {"id": user},
        "recipient": {"id": SETTINGS.zalo_oa_id},
        "timestamp": "1795572000000",
        "info": {"name": "Trần Thị Mẫu", "phone": phone},
    }


def withdraw_event(user: str = CITIZEN) -> dict[str, Any]:
    """A citizen asked Zalo to have their data deleted."""
    return {
        "event_name": "user_withdraw",
        "app_id": SETTINGS.zalo_app_id,
        "oa_id": SETTINGS.zalo_oa_id,
        "user_id": user,
        "user_id_by_app": "1583947260385719246",
        "timestamp": "1795572000000",
    }
