"""At which desk an account works now: its own agency's, or one of those below it."""

from flask import request, session

from bot.agencies import list_agencies
from bot.core.agency import Agency
from bot.core.staff import Actor
from bot.runtime import Runtime
from console.door import actor

KEPT = "desk"  # in the cookie of forms, so that a choice holds from page to page


def desks_of(runtime: Runtime, who: Actor) -> list[Agency]:
    """The agencies that an account covers, by name."""
    covered = (one for one in list_agencies(runtime) if one.code in who.agencies)
    return sorted(covered, key=lambda one: (one.name, one.code))


def present_desk(runtime: Runtime) -> tuple[Agency | None, list[Agency]]:
    """The desk that this request is about, and all that could be chosen; None when there is none.

    Asked for in the request, else chosen before, else the account's own, else the first.
    """
    desks = desks_of(runtime, actor())
    by_code = {one.code: one for one in desks}
    asked = request.values.get("co_quan", "")
    if asked in by_code and len(desks) > 1:
        session[KEPT] = asked
    for code in (asked, session.get(KEPT, ""), actor().account.agency_code):
        if code in by_code:
            return by_code[code], desks
    return (desks[0] if desks else None), desks
