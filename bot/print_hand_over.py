"""The list with which a desk hands a day's results to the postman: drawn, and written down."""

from sqlalchemy import Connection

from bot.core.agency import Agency
from bot.core.post_receiver import read_receiver
from bot.core.postal import ReturnState
from bot.core.staff import Actor, Deed
from bot.runtime import Runtime
from bot.slip_record import Filed, Press, filed
from bot.store.agencies import agency_by_code
from bot.store.audit import write_deed
from bot.store.post_orders import Chosen, DossierReturn, list_returns
from bot.store.slip_sources import slip_sources
from receipts.slip.hand_over import HandedOver, HandOver, render_hand_over

MOST = 500  # results on one list


def print_hand_over(runtime: Runtime, actor: Actor, agency_code: str) -> bytes | None:
    """The list of what the postal service is to fetch from a desk now, as PDF.

    None for an agency that is not the actor's.
    Source: domain-facts 1.3 (hand-over list of results).
    """
    with runtime.engine.begin() as connection:
        agency = agency_by_code(connection, agency_code)
        if agency is None or agency.code not in actor.agencies:
            return None
        chosen = Chosen({agency.code}, {ReturnState.ORDERED}, most=MOST)
        rows = sorted(list_returns(connection, chosen), key=lambda one: one.code)
        papers = _filed(runtime, connection, rows, agency)
        deed = Deed("post.list_printed", agency.code, "post", None, {"slips": len(rows)})
        write_deed(connection, actor, runtime.now(), deed)
    return render_hand_over(
        HandOver(
            office=Press(runtime).office(agency),
            day=runtime.today(),
            rows=tuple(_row(runtime, row, papers[row.one.dossier_id]) for row in rows),
            giver=actor.account.name or "",
        )
    )


def _filed(
    runtime: Runtime, connection: Connection, rows: list[DossierReturn], agency: Agency
) -> dict[int, Filed]:
    """What is known of the dossiers, by their ids."""
    sources = slip_sources(connection, [row.one.dossier_id for row in rows])
    return {one.dossier_id: filed(runtime, one, agency) for one in sources}


def _row(runtime: Runtime, row: DossierReturn, known: Filed) -> HandedOver:
    vault, facts = runtime.vault, known.facts
    receiver = read_receiver(vault.open_text(row.one.receiver)) if row.one.receiver else None
    return HandedOver(
        code=row.code,
        procedure=row.procedure_name,
        owner=known.told.owner_name or "",
        address=receiver.whole_address if receiver else "",
        fees=(facts.fees if facts else None) or "",
        by_post=True,
        item_code=vault.open_text(row.one.item_code) if row.one.item_code else "",
    )
