"""Item codes read back from the postal service's file: all lines or none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.core.counter_csv import RowFault
from bot.core.post_items_csv import MOST_FAULTS, ItemLine, read_items
from bot.core.postal import Milestone, ReturnState, Tracked, milestone_of, state_after
from bot.core.staff import Actor, Deed
from bot.give_item import item_mark
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.dossiers import dossiers_called
from bot.store.post_orders import known_marks
from bot.store.post_tracking import Parcel, hold_parcels
from bot.track_post import Keeper

TAKEN = "Bưu điện đã nhận gửi"  # as tracking would tell it
BY_FILE, SERVICE = "FILE", "file"  # as the code of a line; whose numbers its lines have
ONLY_BY_FILE = (
    "Tỉnh không gửi bưu điện bằng tệp (POST_SERVICE không phải “file”): mã bưu gửi tự về qua mạng."
)


@dataclass(frozen=True, slots=True)
class ItemsTaken:
    """What came of a file: codes that were new, known before; or faults, and nothing stored."""

    new: int = 0
    known: int = 0
    faults: tuple[RowFault, ...] = ()


def take_items(runtime: Runtime, actor: Actor | None, content: bytes) -> ItemsTaken:
    """Take the item codes of a file: the post has collected what it names, and citizens are told.

    A file may also say how each parcel stands; then it is told as by tracking.
    Shape: no actor for a command, which is every agency's. A file that came before does no harm.
    Errors: SQLAlchemyError when it could not be stored.
    """
    if runtime.settings.post_service != "file":
        return ItemsTaken(faults=(RowFault(0, "", ONLY_BY_FILE),))
    read = read_items(content)
    if read.faults:
        return ItemsTaken(faults=read.faults[:MOST_FAULTS])
    index, now = index_key(runtime), runtime.now()
    with runtime.engine.begin() as connection:
        leads = dossiers_called(connection, {line.number for line in read.lines})
        parcels = hold_parcels(connection, set(leads.values()))
        marks = known_marks(connection, [item_mark(index, line.item) for line in read.lines])
        check = _Check(runtime, actor.agencies if actor else None, parcels, leads, index, marks)
        faults = [fault for line in read.lines if (fault := check.fault(line))]
        if faults:
            return ItemsTaken(faults=tuple(faults[:MOST_FAULTS]))
        fresh = [line for line in read.lines if not check.is_known(line)]
        keeper = Keeper(runtime, connection, now, SERVICE)
        keeper.keep([_tracked(line, parcels[leads[line.number]]) for line in fresh])
        deed = Deed("post.items_taken", None, "post", None, {"items": len(fresh)})
        write_deed(connection, actor, now, deed)
    if keeper.owed:
        runtime.bell.ring("notice")
    return ItemsTaken(len(fresh), len(read.lines) - len(fresh))


def _tracked(line: ItemLine, parcel: Parcel) -> Tracked:
    """What the file says, as a line of tracking: of a parcel one for each thing it can mean.

    Its number is below zero, as no service's is.
    """
    message = line.message or TAKEN
    place = list(Milestone).index(milestone_of(message))
    number = -(parcel.one.id * len(Milestone) + place)
    return Tracked(number, parcel.code, BY_FILE, message, None, line.item)


@dataclass(frozen=True, slots=True)
class _Check:
    """What is stored of the returns that a file names."""

    runtime: Runtime
    agencies: Collection[str] | None
    parcels: Mapping[str, Parcel]
    leads: Mapping[str, str]
    index: bytes
    marks: Mapping[bytes, int]

    def is_known(self, line: ItemLine) -> bool:
        """Whether this return has this code already, and stands where the line says."""
        one = self.parcels[self.leads[line.number]].one
        same = one.item_mark == item_mark(self.index, line.item)
        return same and state_after(one.state, milestone_of(line.message or TAKEN)) is one.state

    def fault(self, line: ItemLine) -> RowFault | None:
        """Why a line cannot be taken; None when it can."""
        parcel = self.parcels.get(self.leads.get(line.number, ""))
        if parcel is None or (self.agencies is not None and not self._covers(parcel)):
            return RowFault(
                line.row,
                "OrderNumber",
                f"hồ sơ “{line.number}” không đăng ký trả qua bưu điện ở các cơ quan này",
            )
        if parcel.one.state is ReturnState.CANCELLED:
            words = f"hồ sơ “{line.number}” đã bỏ trả qua bưu điện; báo bưu điện trả lại kết quả"
            return RowFault(line.row, "OrderNumber", words)
        return self._item_fault(line, parcel)

    def _item_fault(self, line: ItemLine, parcel: Parcel) -> RowFault | None:
        mark = item_mark(self.index, line.item)
        if self.marks.get(mark, parcel.one.id) != parcel.one.id:
            words = f"mã “{line.item}” đã là của hồ sơ khác"
            return RowFault(line.row, "ItemCode", words)
        if parcel.one.item_mark is not None and parcel.one.item_mark != mark:
            before = self.runtime.vault.open_text(parcel.one.item_code or b"")
            words = f"hồ sơ “{line.number}” đã có mã “{before}”, khác mã “{line.item}” trong tệp"
            return RowFault(line.row, "ItemCode", words)
        return None

    def _covers(self, parcel: Parcel) -> bool:
        return self.agencies is not None and parcel.agency_code in self.agencies
