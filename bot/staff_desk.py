"""The counter at the feed's door: who acts is judged like a feed of the actor's agencies."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.core.agency import Agency, line_up, parents_of
from bot.core.appointment import USUAL_HOURS, Office, read_work_hours
from bot.core.staff import Actor
from bot.dossier_book import Desk
from bot.register import desk_of
from bot.runtime import Runtime
from bot.store.feed_keys import FeedKey
from bot.working_calendar import working_calendar

PREFIX = "staff-"  # before the account's id, where a change says which key told it
SOFTWARE = "phần mềm một cửa"
POST_KEY = "post"  # which key told what the postal service reported
POST = "bưu điện"


def staff_desk(runtime: Runtime, actor: Actor) -> Desk:
    """What the actor's changes are judged by, now."""
    account = actor.account
    key = FeedKey(f"{PREFIX}{account.id}", account.agency_code or "", account.agency_code is None)
    desk = desk_of(runtime, key)
    return replace(desk, covered=actor.agencies & desk.known_agencies.keys(), by_staff=True)


def staff_id_of(key_id: str) -> int | None:
    """The account behind a change; None when software told it."""
    number = key_id.removeprefix(PREFIX)
    return int(number) if number != key_id and number.isdecimal() else None


def teller(key_id: str, login_of: Callable[[int], str | None]) -> str:
    """Who told a change, as staff read it."""
    account = staff_id_of(key_id)
    if key_id == POST_KEY:
        return POST
    return SOFTWARE if account is None else login_of(account) or key_id


def office_of(runtime: Runtime, agencies: Mapping[str, Agency], code: str) -> Office:
    """What promises of an agency's desk are reckoned by: its hours, or those of the one above."""
    line = line_up(parents_of(agencies), code)
    hours = next((found for one in line if (found := agencies[one].work_hours)), USUAL_HOURS)
    return Office(read_work_hours(hours), working_calendar(runtime), runtime.settings.zone)
