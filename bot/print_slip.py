"""One paper of a dossier for the printer: found, drawn, and its printing written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from sqlalchemy import Connection

from bot.core.staff import Actor, Deed
from bot.logs import log
from bot.runtime import Runtime
from bot.slip_record import Filed, Press, filed
from bot.store.agencies import serving_agency
from bot.store.audit import write_deed
from bot.store.dossiers import progress_by_codes
from bot.store.slip_sources import slip_sources
from receipts.code import read_one
from receipts.slip.label import render_labels
from receipts.slip.mini import render_mini
from receipts.slip.raster import THERMAL_DPI
from receipts.slip.records import Record
from receipts.slip.render import render

logger = log(__name__)


class Kind(StrEnum):
    """What can be printed of a dossier; the values stand in addresses."""

    RECEIPT = "bien-nhan"
    CONTROL = "kiem-soat"
    SUPPLEMENT = "bo-sung"  # of a dossier that software feeds
    MOVE = "lan"  # the slip of one move
    LABEL = "tem"
    MINI = "tom-tat"


@dataclass(frozen=True, slots=True)
class Order:
    """What to print: `hop` is the move's place, `copies` None as many as the form names."""

    kind: Kind
    hop: int = 0
    paper: str = "A5"
    copies: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Printed:
    """A file for the printer and its name."""

    content: bytes
    name: str
    content_type: str = "application/pdf"


class CannotPrint(Exception):
    """The paper cannot be made; the words are for the clerk."""


def print_slip(runtime: Runtime, actor: Actor, code: str, order: Order) -> Printed | None:
    """Draw one paper; None alike for an unknown dossier, another agency's, and a paper it has not.

    Errors: CannotPrint.
    """
    canonical = read_one(code) or code.strip().upper()
    try:
        with runtime.engine.begin() as connection:
            dossier = _found(runtime, actor, connection, canonical)
            if dossier is None or _record(runtime, dossier, order) is None:
                return None
            write_deed(connection, actor, runtime.now(), _deed(dossier, order))
        return _OTHERS.get(order.kind, _form)(runtime, dossier, order)
    except ValueError as fault:
        logger.warning("slip.refused", paper=order.kind, why=str(fault)[:200])
        raise CannotPrint(
            "Không in được giấy này: có nội dung quá dài hoặc không hợp lệ. Mời sửa hồ sơ, hoặc "
            "báo người quản trị."
        ) from fault


def _deed(dossier: Filed, order: Order) -> Deed:
    return Deed(
        "slip.printed",
        dossier.told.agency,
        "dossier",
        dossier.told.code,
        {"paper": _name_of(order), "size": order.paper},
    )


def _found(runtime: Runtime, actor: Actor, connection: Connection, canonical: str) -> Filed | None:
    found = progress_by_codes(connection, [canonical]).get(canonical)
    if found is None or found.agency_code not in actor.agencies:
        return None
    [source] = slip_sources(connection, [found.dossier_id])
    agency = serving_agency(connection, found.agency_code)
    return filed(runtime, source, agency) if agency else None


def _record(runtime: Runtime, dossier: Filed, order: Order) -> Record | None:
    press = Press(runtime)
    hops = dossier.facts.hops if dossier.facts else ()
    if order.kind is Kind.CONTROL:
        return press.control(dossier, runtime.now())
    if order.kind is Kind.SUPPLEMENT:
        return press.fed_supplement(dossier)
    if order.kind is Kind.MOVE:
        return press.of_hop(dossier, hops[order.hop]) if order.hop < len(hops) else None
    return press.receipt(dossier)


def _name_of(order: Order) -> str:
    return f"{order.kind}-{order.hop + 1}" if order.kind is Kind.MOVE else str(order.kind)


def _form(runtime: Runtime, dossier: Filed, order: Order) -> Printed:
    record = _record(runtime, dossier, order)
    if record is None:
        raise ValueError("the dossier has no such paper")
    name = f"{dossier.told.code}-{_name_of(order)}.pdf"
    return Printed(render(record, order.paper, order.copies), name)


def _label(runtime: Runtime, dossier: Filed, _order: Order) -> Printed:
    labels = render_labels([Press(runtime).receipt(dossier)])
    return Printed(labels, f"{dossier.told.code}-{Kind.LABEL}.pdf")


def _mini(runtime: Runtime, dossier: Filed, _order: Order) -> Printed:
    stream = BytesIO()
    image = render_mini(Press(runtime).receipt(dossier))
    image.save(stream, "PNG", dpi=(THERMAL_DPI, THERMAL_DPI))
    name = f"{dossier.told.code}-{Kind.MINI}.png"
    return Printed(stream.getvalue(), name, "image/png")


_OTHERS: Mapping[Kind, Callable[[Runtime, Filed, Order], Printed]] = {
    Kind.LABEL: _label,
    Kind.MINI: _mini,
}
