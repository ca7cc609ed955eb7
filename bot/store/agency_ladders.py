"""What agencies say of the rungs that their notices may go down."""

from collections import defaultdict

from sqlalchemy import Connection, delete, insert, select

from bot.core.agency_ladder import Own, Rungs, in_order
from bot.core.notice import NoticeEvent
from bot.store.agency_tables import agency_ladder


def own_ladders(connection: Connection) -> Own:
    """What each agency says itself, by its code and the event."""
    found: dict[str, dict[NoticeEvent, Rungs]] = defaultdict(dict)
    said = select(agency_ladder.c.agency_code, agency_ladder.c.event, agency_ladder.c.rungs)
    for code, event, rungs in connection.execute(said):
        found[code][NoticeEvent(event)] = in_order(rungs.split(","))
    return found


def keep_ladder(connection: Connection, code: str, event: NoticeEvent, rungs: Rungs | None) -> None:
    """Keep what an agency says of an event, in the place of what it said; None for nothing."""
    connection.execute(
        delete(agency_ladder).where(
            agency_ladder.c.agency_code == code, agency_ladder.c.event == str(event)
        )
    )
    if rungs is not None:
        said = {"agency_code": code, "event": str(event), "rungs": ",".join(rungs)}
        connection.execute(insert(agency_ladder).values(**said))
