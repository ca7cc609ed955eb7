"""Which dossier a code leads a clerk to, without opening it."""

from bot.core.staff import Actor
from bot.database import reading
from bot.runtime import Runtime
from bot.store.dossiers import dossiers_called, known_dossiers
from receipts.code import read_one


def own_code(runtime: Runtime, actor: Actor, code: str) -> str | None:
    """The dossier's own code; None alike when there is none and when it is another agency's."""
    canonical = read_one(code) or code.strip().upper()
    with reading(runtime.engine) as connection:
        own = dossiers_called(connection, [canonical]).get(canonical)
        known = known_dossiers(connection, [own]) if own else {}
    return own if own and known[own].agency_code in actor.agencies else None
