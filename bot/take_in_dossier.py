"""An intake at the counter: checked, given its code and stored as a feed would tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection

from bot.core.agency import Agency
from bot.core.appointment import promised_at
from bot.core.counter_code import makes_codes, minted_code
from bot.core.counter_draft import Draft, read_draft
from bot.core.counter_facts import IntakeFacts, facts_text
from bot.core.counter_faults import Faults, refused
from bot.core.counter_moves import TAKEN_IN
from bot.core.counter_procedure import Offered
from bot.core.counter_receiver import receiver_of
from bot.core.dossier import Status
from bot.core.post_receiver import Receiver
from bot.core.snapshot import UNDELIVERABLE, FeedDossier, Outcome, Procedure, Result, Ticks, Times
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.dossier_book import Desk
from bot.procedures import offered_at, offered_procedure
from bot.register import register_source
from bot.runtime import Runtime
from bot.staff_desk import office_of, staff_desk
from bot.store.audit import write_deed
from bot.store.code_counters import last_number, next_number
from bot.store.dossiers import dossiers_called
from bot.store.intakes import Intake, Pressed, add_intake, pressed
from bot.want_by_post import keep_receiver
from bot.working_calendar import working_calendar

MOST_PRESS = 40
NOT_STORED = "Chưa lưu được hồ sơ ({why}). Bấm lưu lần nữa; nếu vẫn vậy, báo quản trị viên."


@dataclass(frozen=True, slots=True)
class Taken:
    """A dossier that was taken in; `again` when this press had made it before."""

    dossier_id: int
    code: str
    due_at: datetime | None
    again: bool = False
    warnings: tuple[str, ...] = ()


class _Stop(Exception):
    """What ends the transaction with nothing stored: the answer to give instead."""

    def __init__(self, answer: Taken | Faults) -> None:
        super().__init__()
        self.answer = answer


def take_in_dossier(runtime: Runtime, actor: Actor, draft: Draft, press: str) -> Taken | Faults:
    """Take a dossier in: status 2, a code of its own, the promised day, an audit entry.

    It goes through the feed's door, so that history, notices and warnings are those of a feed.
    Shape: `press` is the random id that the empty form carried: the same one gives the first
    dossier again.
    Errors: SQLAlchemyError when it could not be stored.
    """
    desk = staff_desk(runtime, actor)
    agency = desk.known_agencies.get(draft.agency) if draft.agency in desk.covered else None
    offered = _offered(runtime, agency, draft)
    faults = _place_faults(agency, offered, press)
    if agency is not None and (closed := why_closed(runtime, agency, desk.known_agencies)):
        faults["agency"] = closed
    if agency is None or offered is None:
        return Faults(faults)
    read = _read(runtime, draft, offered)
    if isinstance(read, Faults):
        return Faults({**faults, **read.fields}, read.to_confirm)
    if faults:
        return Faults(faults)
    source = _Intake(desk, actor, agency, offered, *read, draft.ticks, press)
    try:
        [result] = register_source(desk, source)
    except _Stop as stop:
        return stop.answer
    return source.taken(result)


def _read(
    runtime: Runtime, draft: Draft, offered: Offered
) -> tuple[IntakeFacts, Receiver | None] | Faults:
    """What slips say and who gets the result by post, or all that is wrong with both."""
    facts = read_draft(draft, offered.rule)
    receiver = receiver_of(draft, runtime.settings.post_province)
    if isinstance(facts, Faults) or isinstance(receiver, Faults):
        wrong = [one for one in (facts, receiver) if isinstance(one, Faults)]
        fields = {name: words for one in wrong for name, words in one.fields.items()}
        return Faults(fields, frozenset().union(*(one.to_confirm for one in wrong)))
    return facts, receiver


def promise(
    runtime: Runtime, actor: Actor, agency_code: str, procedure_code: str
) -> datetime | None:
    """The moment that would be promised, were the procedure taken in now."""
    offered = offered_procedure(runtime, actor, agency_code, procedure_code)
    if offered is None:
        return None
    office = office_of(runtime, staff_desk(runtime, actor).known_agencies, agency_code)
    return promised_at(runtime.now(), offered.rule.term, office)


def _offered(runtime: Runtime, agency: Agency | None, draft: Draft) -> Offered | None:
    if agency is None or not draft.procedure.strip():
        return None
    with reading(runtime.engine) as connection:
        return next(iter(offered_at(connection, agency.code, draft.procedure.strip())), None)


def why_closed(runtime: Runtime, agency: Agency, agencies: Mapping[str, Agency]) -> str | None:
    """Why a desk takes in nothing new today, and who does; None when it does itself."""
    if agency.takes_in(runtime.today()):
        return None
    if not agency.has_ended(runtime.today()):
        return (
            f"{agency.name} tiếp nhận hồ sơ từ ngày {agency.valid_from:%d/%m/%Y}. Chọn cơ quan "
            "đang tiếp nhận."
        )
    ended = f"{agency.name} đã ngừng tiếp nhận hồ sơ mới sau ngày {agency.valid_to:%d/%m/%Y}."
    follower = agencies.get(agency.served_by or "")
    if follower is None:
        return f"{ended} Chọn cơ quan đang tiếp nhận, hoặc hỏi quản trị viên."
    return f"{ended} Mời tiếp nhận tại {follower.name} (mã {follower.code})."


def _place_faults(agency: Agency | None, offered: Offered | None, press: str) -> dict[str, str]:
    """What is wrong with where and for what the dossier is taken in."""
    faults: dict[str, str] = {}
    if agency is None:
        faults["agency"] = "Chọn cơ quan tiếp nhận thuộc phạm vi của tài khoản."
    elif not makes_codes(agency.head):
        faults["agency"] = (
            f"Đầu mã “{agency.head}” không tạo được mã hồ sơ mà người dân tra cứu được. Nhờ quản "
            f"trị viên đặt đầu mã: python -m bot agency set {agency.code} --code-head H32.15.8"
        )
    if agency is not None and offered is None:
        faults["procedure"] = (
            "Thủ tục này không có trong danh mục của cơ quan, hoặc đã ngừng. Chọn trong danh sách."
        )
    if not 8 <= len(press) <= MOST_PRESS:
        faults[""] = "Trang nhập hồ sơ không còn hợp lệ. Mở lại trang tiếp nhận rồi lưu."
    return faults


@dataclass(slots=True)
class _Intake:
    """The one dossier of an intake, told to the feed's door with a code minted behind it."""

    desk: Desk
    actor: Actor
    agency: Agency
    offered: Offered
    facts: IntakeFacts
    receiver: Receiver | None
    ticks: Ticks
    press: str
    due_at: datetime | None = field(init=False)
    _day: date = field(init=False)
    _id: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        office = office_of(self.desk.runtime, self.desk.known_agencies, self.agency.code)
        self.due_at = promised_at(self.desk.now, self.offered.rule.term, office)
        self._day = self.desk.now.astimezone(office.zone).date()

    def tell(self, connection: Connection, hold: bool) -> Sequence[FeedDossier]:
        """The dossier under the next free code; the counter is held before anything is asked."""
        code = self._minted(connection) if hold else self._guessed(connection)
        before = pressed(connection, self.press)
        if before is not None:
            raise _Stop(self._again(before))
        return [self._told(code)]

    def owes(self, _results: Sequence[Result]) -> bool:
        """There is always an intake to keep."""
        return True

    def keep(
        self, connection: Connection, ids: Mapping[str, int], results: Sequence[Result]
    ) -> None:
        """Keep what slips say, and who took it in."""
        [result] = results
        if result.outcome is not Outcome.NEW:
            raise _Stop(refused(NOT_STORED.format(why=result.cause or result.outcome)))
        self._id = ids[result.code]
        facts = self.desk.runtime.vault.seal(facts_text(self.facts))
        account, now = self.actor.account.id, self.desk.now
        one = Intake(self._id, self.offered.id, facts, account, self.agency.code, now)
        add_intake(connection, self.press, one)
        if self.receiver is not None:
            by = self.actor.account.login
            keep_receiver(self.desk.runtime, connection, self._id, self.receiver, by)
        detail: dict[str, str | int | bool | None] = {"procedure": self.offered.rule.code}
        deed = Deed("intake.saved", self.agency.code, "dossier", result.code, detail)
        write_deed(connection, self.actor, now, deed)

    def taken(self, result: Result) -> Taken:
        """What the clerk is told."""
        warned = []
        if UNDELIVERABLE in result.warnings:
            warned.append("Số điện thoại này trước đây gửi không đến: hỏi lại công dân.")
        calendar = working_calendar(self.desk.runtime)
        if self.due_at and not calendar.confirmed(self.due_at.year):
            warned.append(
                f"Lịch nghỉ năm {self.due_at.year} chưa có thông báo chính thức: xem lại ngày hẹn."
            )
        return Taken(self._id, result.code, self.due_at, warnings=tuple(warned))

    def _guessed(self, connection: Connection) -> str:
        number = last_number(connection, self.agency.code, self._day) + 1
        return minted_code(self.agency.head, self._day, number)

    def _minted(self, connection: Connection) -> str:
        """The next number whose code no dossier has: software may have given it out."""
        while True:
            number = next_number(connection, self.agency.code, self._day)
            code = minted_code(self.agency.head, self._day, number)
            if not dossiers_called(connection, [code]):
                return code

    def _again(self, before: Pressed) -> Taken | Faults:
        if before.agency_code not in self.desk.covered:
            return refused("Trang nhập hồ sơ này đã dùng. Mở lại trang tiếp nhận rồi lưu.")
        return Taken(before.dossier_id, before.code, before.due_at, again=True)

    def _told(self, code: str) -> FeedDossier:
        rule, facts = self.offered.rule, self.facts
        return FeedDossier(
            code=code,
            agency=self.agency.code,
            procedure=Procedure(rule.code, rule.name, rule.same_day),
            step=TAKEN_IN,
            status=Status.RECEIVED,
            changed_at=self.desk.now,
            times=Times(received_at=self.desk.now, due_at=self.due_at),
            phone=facts.submitter.phone,
            notify=self.ticks,
            owner_name=(facts.owner or facts.submitter).name,
            also_named=facts.names,
        )
