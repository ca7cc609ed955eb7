"""A dossier of the counter moved on: judged like a feed's change, kept with what slips say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.core.appointment import Office, promised_at
from bot.core.counter_facts import Hop, IntakeFacts, facts_text, read_facts
from bot.core.counter_faults import Faults, refused
from bot.core.counter_moves import BECOMES, MoveKind, MoveOrder, moves_from
from bot.core.counter_order import appointed, order_faults, order_warnings
from bot.core.counter_typing import items_of, many_lines, one_line
from bot.core.dossier import Status
from bot.core.snapshot import FeedDossier, Outcome, Result
from bot.core.staff import Account, Actor, Deed
from bot.dossier_book import Desk
from bot.dossier_record import stored_dossier
from bot.register import desk_of, register_source
from bot.runtime import Runtime
from bot.staff_desk import POST, POST_KEY, office_of, staff_desk, staff_id_of, teller
from bot.store.audit import write_deed
from bot.store.dossiers import dossiers_called, history_of, hold_dossiers, whole_dossiers
from bot.store.feed_keys import FeedKey
from bot.store.intakes import Intake, intake_of, logins_of, put_facts
from bot.store.procedures import procedure_by_id

NOT_FOUND = "Không có hồ sơ nào với mã này ở các cơ quan của tài khoản."
BY_SOFTWARE = (
    "Hồ sơ này theo phần mềm một cửa: chuyển bước ở phần mềm, tình trạng ở đây tự cập nhật."
)
AT_ITS_END = "Hồ sơ đã kết thúc ({step}); không chuyển tiếp được. Người nộp lại thì lập hồ sơ mới."
NOT_NOW = "Hồ sơ đang ở “{step}”, không thể “{label}”."
NO_SECOND = "Hồ sơ đã hẹn lại một lần; quy định chỉ cho hẹn lại một lần."
NO_PROMISE = "Thủ tục này không có ngày hẹn, nên không có gì để hẹn lại."
MOVED_MEANWHILE = (
    "Chưa lưu: {who} vừa chuyển hồ sơ sang “{step}” lúc {at}. Xem lại hồ sơ rồi làm tiếp."
)
_NEXT = timedelta(microseconds=1)  # a change stands behind the one before, whatever the clocks say


@dataclass(frozen=True, slots=True)
class Moved:
    """A move that was made; `hop_index` into the facts' hops, for its slip."""

    code: str
    hop_index: int
    changed_at: datetime
    warnings: tuple[str, ...] = ()


class _Refused(Exception):
    """What ends the transaction with nothing stored."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self.faults = faults


def move_dossier(
    runtime: Runtime, actor: Actor, code: str, seen: datetime, order: MoveOrder
) -> Moved | Faults:
    """Move a dossier that was taken in here.

    Shape: `seen` is the moment of change that the page showed: whoever was faster wins.
    Errors: SQLAlchemyError when it could not be stored.
    """
    faults = dict(order_faults(order))
    if faults:
        return Faults(faults)
    source = _Move(staff_desk(runtime, actor), actor, code, seen, order)
    try:
        register_source(source.desk, source)
    except _Refused as refusal:
        return refusal.faults
    return source.moved()


def hand_back_delivered(
    runtime: Runtime, code: str, seen: datetime, delivered_at: datetime
) -> bool:
    """Move a dossier that was taken in here to its end, the post having delivered its result.

    Result: False when it has moved on meanwhile; it is looked at again then.
    Errors: SQLAlchemyError when it could not be stored.
    """
    desk = replace(desk_of(runtime, FeedKey(POST_KEY, "", True)), by_staff=True)
    nobody = Account(0, "buu-dien", POST, frozenset(), None)
    actor = Actor(nobody, "", frozenset(desk.known_agencies))
    source = _Move(desk, actor, code, seen, MoveOrder(MoveKind.HAND_BACK), delivered_at)
    try:
        register_source(desk, source)
    except _Refused:
        return False
    return True


def moves_now(row: Mapping[str, Any], facts: IntakeFacts) -> tuple[MoveKind, ...]:
    """What may be done with a dossier of this counter as it stands; `row` is its stored row."""
    return moves_from(row["status"], _appointed_anew(facts), row["due_at"] is not None)


def _appointed_anew(facts: IntakeFacts) -> bool:
    """Whether the running term has been given its one new day; a supplement begins a new term."""
    kinds = [hop.kind for hop in facts.hops]
    resumed = max((at for at, kind in enumerate(kinds) if kind is MoveKind.RESUME), default=0)
    return MoveKind.NEW_DAY in kinds[resumed:]


@dataclass(slots=True)
class _Move:
    """One move, put together with what is stored while it is held."""

    desk: Desk
    actor: Actor
    typed: str
    seen: datetime
    order: MoveOrder
    happened_at: datetime | None = None  # where it did not happen just now
    _code: str = field(init=False, default="")
    _row: Mapping[str, Any] = field(init=False, default_factory=dict)
    _facts: IntakeFacts = field(init=False)
    _told: FeedDossier = field(init=False)

    def tell(self, connection: Connection, hold: bool) -> Sequence[FeedDossier]:
        """The dossier as it stands after the move."""
        self._code = dossiers_called(connection, [self.typed]).get(self.typed, "")
        if hold:
            hold_dossiers(connection, [self._code])
        row = whole_dossiers(connection, [self._code]).get(self._code)
        if row is None or row["agency_code"] not in self.desk.covered:
            raise _Refused(refused(NOT_FOUND))
        intake = intake_of(connection, row["id"])
        if intake is None:
            raise _Refused(refused(BY_SOFTWARE))
        self._row = row
        self._facts = read_facts(self.desk.runtime.vault.open_text(intake.facts))
        self._check(connection)
        self._told = self._after(connection, intake)
        return [self._told]

    def owes(self, _results: Sequence[Result]) -> bool:
        """A move is always kept."""
        return True

    def keep(
        self, connection: Connection, ids: Mapping[str, int], results: Sequence[Result]
    ) -> None:
        """Keep what its slip says, and who moved it."""
        [result] = results
        if result.outcome is not Outcome.CHANGED:
            raise _Refused(refused(result.why or NOT_FOUND))
        self._facts = self._facts.with_hop(self._hop())
        vault = self.desk.runtime.vault
        put_facts(connection, ids[self._code], vault.seal(facts_text(self._facts)))
        detail: dict[str, str | int | bool | None] = {
            "kind": str(self.order.kind),
            "status": self._told.status,
        }
        deed = Deed("dossier.moved", self._told.agency, "dossier", self._code, detail)
        write_deed(connection, self.actor, self.desk.now, deed)

    def moved(self) -> Moved:
        """What the clerk is told."""
        times = (self._row["received_at"], self._row["due_at"])
        kinds = tuple(hop.kind for hop in self._facts.hops[:-1])
        warned = order_warnings(self.order, kinds, times, self.desk.now, self._office)
        return Moved(self._code, len(self._facts.hops) - 1, self._told.changed_at, warned)

    @property
    def _office(self) -> Office:
        return office_of(self.desk.runtime, self.desk.known_agencies, self._row["agency_code"])

    def _check(self, connection: Connection) -> None:
        if self._row["changed_at"] != self.seen:
            raise _Refused(refused(self._moved_meanwhile(connection)))
        allowed = moves_now(self._row, self._facts)
        if self.order.kind not in allowed:
            raise _Refused(refused(self._why_not(allowed)))

    def _moved_meanwhile(self, connection: Connection) -> str:
        newest = history_of(connection, self._row["id"])[-1]
        account = staff_id_of(newest.key_id)
        logins = logins_of(connection, [account] if account is not None else [])
        local = newest.arrived_at.astimezone(self.desk.runtime.settings.zone)
        who = teller(newest.key_id, logins.get)
        return MOVED_MEANWHILE.format(who=who, step=newest.step, at=f"{local:%H:%M %d/%m/%Y}")

    def _why_not(self, allowed: Sequence[MoveKind]) -> str:
        if not allowed:
            return AT_ITS_END.format(step=self._row["step"])
        if self.order.kind is MoveKind.NEW_DAY and _appointed_anew(self._facts):
            return NO_SECOND
        if self.order.kind is MoveKind.NEW_DAY and self._row["due_at"] is None:
            return NO_PROMISE
        return NOT_NOW.format(step=self._row["step"], label=self.order.kind.label)

    def _after(self, connection: Connection, intake: Intake) -> FeedDossier:
        becomes, order, now = BECOMES[self.order.kind], self.order, self.desk.now
        told = stored_dossier(self.desk.runtime.vault, self._row)
        status = told.status if becomes.status is None else becomes.status
        step = order.step if order.kind is MoveKind.FORWARD else becomes.step
        handler = one_line(order.handler) or (None if becomes.status else told.handler)
        times = replace(
            told.times,
            due_at=self._due(connection, intake),
            finished_at=self._finished(told, status),
            returned_at=(self.happened_at or now) if status == Status.RETURNED else None,
        )
        return replace(
            told,
            status=int(status),
            step=step or told.step,
            at_desk=becomes.at_desk if becomes.status else told.at_desk,
            changed_at=max(now, told.changed_at + _NEXT),
            times=times,
            handler=handler,
            needed=items_of(order.needed) if status == Status.SUPPLEMENT else (),
            also_named=self._facts.names,
        )

    def _finished(self, told: FeedDossier, status: int) -> datetime | None:
        """When the work ended: with the result; a result that was taken back has not ended it."""
        if status == Status.RESULT:
            return self.desk.now
        return told.times.finished_at if status == Status.RETURNED else None

    def _due(self, connection: Connection, intake: Intake) -> datetime | None:
        """The promise after the move: anew on request, from zero once the dossier is complete."""
        due: datetime | None = self._row["due_at"]
        if self.order.kind is MoveKind.NEW_DAY and due is not None:
            found = appointed(self.order.new_day, due, self.desk.now, self._office)
            if isinstance(found, str):
                raise _Refused(refused(found, "new_day"))
            return found
        if self.order.kind is MoveKind.RESUME:
            offered = procedure_by_id(connection, intake.procedure_id)
            if offered is not None:
                return promised_at(self.desk.now, offered.rule.term, self._office)
        return due

    def _hop(self) -> Hop:
        account, before, after = self.actor.account, self._row["due_at"], self._told.times.due_at
        changed = before != after
        return Hop(
            kind=self.order.kind,
            at=self._told.changed_at,
            by=account.login,
            by_name=account.name or account.login,
            step=self._told.step,
            reason=many_lines(self.order.reason) or None,
            items=items_of(self.order.needed),
            handler=self._told.handler,
            due_before=before if changed else None,
            due_after=after if changed else None,
        )
