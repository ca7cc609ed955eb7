"""The audit trail: what staff did, written where they did it."""

import json
from datetime import datetime

from sqlalchemy import Connection, insert

from bot.core.staff import Actor, Deed
from bot.store.counter_tables import audit_entry


def write_deed(
    connection: Connection, actor: Actor | None, at: datetime, deed: Deed, address: str = ""
) -> None:
    """Add one entry inside the transaction of the deed.

    Shape: no actor for a command at the machine, and for a stranger, who has an address only;
           an account without a number is nobody's, such as that of the post.
    """
    detail = json.dumps(deed.detail, ensure_ascii=False, sort_keys=True) if deed.detail else None
    connection.execute(
        insert(audit_entry).values(
            at=at,
            staff_id=(actor.account.id or None) if actor else None,
            login=actor.account.login if actor else "",
            address=actor.address if actor else address,
            action=deed.action,
            agency_code=deed.agency_code,
            about=deed.about,
            about_key=deed.about_key,
            detail=detail,
        )
    )
