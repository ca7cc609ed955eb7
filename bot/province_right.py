"""Who may change what holds for the whole province."""

from sqlalchemy import Connection

from bot.core.staff import Actor, Role
from bot.store.agencies import agency_parents


def has_right(connection: Connection, actor: Actor | None) -> bool:
    """Whether this account administers every agency that there is; a command at the machine,
    which has no actor, may."""
    if actor is None:
        return True
    everywhere = actor.account.agency_code is None
    return actor.may(Role.ADMINISTRATOR) and (
        everywhere or agency_parents(connection).keys() <= actor.agencies
    )
