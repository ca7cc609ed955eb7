"""Who administers and has a password: somebody must get in when the identity provider is away."""

from datetime import datetime

from sqlalchemy import Connection

from bot.log_in import is_closed
from bot.store.staff import StoredStaff, hold_password_administrators


def is_last_with_password(connection: Connection, found: StoredStaff, now: datetime) -> bool:
    """Whether nobody else who administers as much as this account could log in by password.

    Shape: the accounts in question are held, so that of two changes at one instant the second
           sees the first. One that was unused for too long lets nobody in.
    """
    held = [one for one in hold_password_administrators(connection) if not is_closed(one, now)]
    others = [one for one in held if one.id != found.id]
    as_wide = [one for one in others if one.agency_code in (None, found.agency_code)]
    return not as_wide and any(one.id == found.id for one in held)
