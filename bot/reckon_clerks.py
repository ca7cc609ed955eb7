"""How well clerks wrote phones down: by clerk, of what was taken in at this counter."""

from datetime import timedelta

from bot.core.apology import beginning
from bot.core.staff import Actor
from bot.database import reading
from bot.keep_books import days_of_month
from bot.read_books import Asked, reach
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.clerk_phones import ClerkPhones, clerk_phones


def phones_by_clerk(runtime: Runtime, actor: Actor, asked: Asked) -> list[ClerkPhones]:
    """By agency and clerk, over the months asked for; software that feeds names no clerk."""
    zone = runtime.settings.zone
    since = beginning(days_of_month(asked.first)[0], zone)
    until = beginning(days_of_month(asked.last)[-1] + timedelta(days=1), zone)
    with reading(runtime.engine) as connection:
        agencies = {one.code: one for one in all_agencies(connection)}
        wanted = reach(agencies, actor, asked.agency)
        return clerk_phones(connection, agencies.keys() if wanted is None else wanted, since, until)
