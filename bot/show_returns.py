"""Results that go back by post, as their desk sees them: lists, one whole, counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.call_off_post import is_over
from bot.core.dossier import Status
from bot.core.phone import Phone
from bot.core.post_item import is_item_code, read_item_code
from bot.core.post_receiver import Receiver, read_receiver
from bot.core.postal import ReturnState
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.dossier_record import stored_dossier
from bot.give_item import item_mark
from bot.index_key import index_key
from bot.own_code import own_code
from bot.post_wish import may_readdress
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.dossiers import whole_dossiers
from bot.store.post_lists import code_of_item, count_returns, lines_of
from bot.store.post_orders import Chosen, DossierReturn, list_returns, return_called

PAGE = 50
# What a clerk has to do something about: ask for an address, correct an order.
TO_MEND = frozenset({ReturnState.UNADDRESSED, ReturnState.REFUSED})


@dataclass(frozen=True, slots=True, repr=False)
class ListedReturn:
    """One return as lists show it; `receiver` is the name alone, `has_result` what it waits for."""

    code: str
    agency_code: str
    procedure: str
    step: str
    has_result: bool
    state: ReturnState
    receiver: str
    item_code: str
    reason: str
    ordered_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """A page of them, newest first; `before` asks for the next one, None on the last."""

    rows: tuple[ListedReturn, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class WayLine:
    """One line of a parcel's way, as the postal service wrote it."""

    at: datetime
    code: str
    message: str


@dataclass(frozen=True, slots=True, repr=False)
class OpenedReturn:
    """All of a return.

    Shape: `told` is the address as the paper or the feed has it, where it did not read as one;
           `owner` and `phone` are the dossier's, to begin with where there is no receiver yet;
           `way` newest first; `may_change` until the postal service has the order, `may_drop`
           until it has the parcel; `cancels` while it is being told.
    """

    listed: ListedReturn
    receiver: Receiver | None
    told: str
    owner: str
    phone: str
    way: tuple[WayLine, ...]
    by: str
    created_at: datetime
    may_change: bool
    may_drop: bool
    cancels: bool


def list_posted(
    runtime: Runtime,
    actor: Actor,
    states: Collection[ReturnState],
    agency: str = "",
    before: int | None = None,
) -> ReturnPage:
    """Returns of the actor's agencies, or of one of them, that stand in these states."""
    agencies = actor.agencies & {agency} if agency else actor.agencies
    with reading(runtime.engine) as connection:
        rows = list_returns(connection, Chosen(agencies, states, before, PAGE + 1))
    page = tuple(_listed(runtime, row) for row in rows[:PAGE])
    return ReturnPage(page, rows[PAGE - 1].one.id if len(rows) > PAGE else None)


def return_counts(runtime: Runtime, actor: Actor) -> Mapping[tuple[str, ReturnState], int]:
    """How many returns stand in each state, by agency of the actor's."""
    with reading(runtime.engine) as connection:
        return count_returns(connection, actor.agencies)


def count_to_mend(runtime: Runtime, actor: Actor) -> int:
    """How many returns a clerk has to do something about."""
    counts = return_counts(runtime, actor)
    return sum(count for (_, state), count in counts.items() if state in TO_MEND)


def find_return(runtime: Runtime, actor: Actor, typed: str) -> str | None:
    """The dossier of the actor's agencies that is meant by a code of its own or an item code."""
    if not is_item_code(typed):
        code = own_code(runtime, actor, typed)
        return code if code and glance_at_return(runtime, actor, code) else None
    mark = item_mark(index_key(runtime), str(read_item_code(typed)))
    with reading(runtime.engine) as connection:
        code = code_of_item(connection, mark)
    return own_code(runtime, actor, code) if code else None


def open_return(runtime: Runtime, actor: Actor, code: str) -> OpenedReturn | None:
    """Open a return of the actor's agencies by its dossier's code; None when there is none.

    Errors: vault.Unreadable when none of FIELD_KEYS opens a field.
    """
    with runtime.engine.begin() as connection:
        row = return_called(connection, code)
        if row is None or row.agency_code not in actor.agencies:
            return None
        deed = Deed("post.opened", row.agency_code, "dossier", row.code)
        write_deed(connection, actor, runtime.now(), deed)
        lines = lines_of(connection, row.one.id)
        dossier = whole_dossiers(connection, [row.code])[row.code]
    one = row.one
    about = stored_dossier(runtime.vault, dossier) if one.receiver is None else None
    return OpenedReturn(
        listed=_listed(runtime, row),
        receiver=_receiver(runtime, one.receiver),
        told=_text(runtime, one.told) if about else "",
        owner=(about.owner_name or "") if about else "",
        phone=Phone(about.phone).shown if about and about.phone else "",
        way=tuple(WayLine(line.at, line.code, _text(runtime, line.message)) for line in lines),
        by=one.created_by,
        created_at=one.created_at,
        may_change=_may_change(row),
        may_drop=_may_drop(row),
        cancels=_cancels(row),
    )


def glance_at_return(runtime: Runtime, actor: Actor, code: str) -> ListedReturn | None:
    """What a dossier's page says of its return; None when it has none of the actor's agencies."""
    with reading(runtime.engine) as connection:
        row = return_called(connection, code)
    return _listed(runtime, row) if row and row.agency_code in actor.agencies else None


def _may_change(row: DossierReturn) -> bool:
    return not is_over(row.status) and (
        row.one.state is ReturnState.CANCELLED or may_readdress(row.one)
    )


def _may_drop(row: DossierReturn) -> bool:
    asked = row.one.state in (ReturnState.REGISTERED, ReturnState.ORDERED)
    return may_readdress(row.one) or (asked and row.one.cancel_at is None)


def _cancels(row: DossierReturn) -> bool:
    return row.one.cancel_at is not None and row.one.state is not ReturnState.CANCELLED


def _listed(runtime: Runtime, row: DossierReturn) -> ListedReturn:
    one = row.one
    receiver = _receiver(runtime, one.receiver)
    return ListedReturn(
        code=row.code,
        agency_code=row.agency_code,
        procedure=row.procedure_name,
        step=row.step,
        has_result=row.status == Status.RESULT,
        state=one.state,
        receiver=receiver.name if receiver else "",
        item_code=_text(runtime, one.item_code),
        reason=_text(runtime, one.reason),
        ordered_at=one.ordered_at,
        closed_at=one.closed_at,
    )


def _receiver(runtime: Runtime, sealed: bytes | None) -> Receiver | None:
    return read_receiver(runtime.vault.open_text(sealed)) if sealed else None


def _text(runtime: Runtime, sealed: bytes | None) -> str:
    return runtime.vault.open_text(sealed) if sealed else ""
