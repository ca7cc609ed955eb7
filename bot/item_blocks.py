"""Blocks of item codes that the postal service gave us: entered, and how many are left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.counter_faults import Faults, refused
from bot.core.post_item import ItemCode, NoItemCode, read_block
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.give_item import add_item_block
from bot.province_right import has_right
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.post_items import items_left
from bot.store.post_lists import KeptBlock, item_blocks

NOT_YOURS = "Dải mã bưu gửi là của cả tỉnh: chỉ quản trị viên toàn tỉnh nhập được."
LOW_SHARE = 10  # percent of the codes: fewer left, and a new block is to be asked for


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block as administrators read it; its ends whole, with their check digits."""

    first: str
    last: str
    count: int
    left: int
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Overlap:
    """So many codes of a block were entered before; nothing of it was stored."""

    known: int


@dataclass(frozen=True, slots=True)
class ItemStock:
    """All item codes: how many are left of how many, and the blocks, newest first."""

    left: int
    count: int
    blocks: Sequence[ShownBlock]

    @property
    def is_low(self) -> bool:
        """Whether a new block is to be asked for; a province that was given none has no need."""
        return self.count > 0 and self.left * 100 < self.count * LOW_SHARE


def item_stock(runtime: Runtime, actor: Actor) -> ItemStock | None:
    """The item codes as they stand now; None for whoever does not administer the whole province."""
    with reading(runtime.engine) as connection:
        if not has_right(connection, actor):
            return None
        left, count = items_left(connection)
        return ItemStock(left, count, [_shown(one) for one in item_blocks(connection)])


def enter_block(runtime: Runtime, actor: Actor | None, typed: str) -> int | Overlap | Faults:
    """Enter a block as the postal service wrote it; how many codes it has.

    Shape: `actor` None from the command line. A block that holds a code of another is refused
           whole: it was typed wrongly, or twice.
    """
    try:
        block = read_block(typed)
    except NoItemCode as fault:
        return refused(str(fault), "block")
    with runtime.engine.connect() as connection, connection.begin() as transaction:
        if actor and not has_right(connection, actor):
            return refused(NOT_YOURS)
        by = actor.account.login if actor else ""
        added = add_item_block(runtime, connection, block, by)
        if added != len(block):
            transaction.rollback()
            return Overlap(len(block) - added)
        deed = Deed("post.block_entered", None, "post", None, {"items": len(block)})
        write_deed(connection, actor, runtime.now(), deed)
    return len(block)


def _shown(one: KeptBlock) -> ShownBlock:
    service, country = one.service[:2], one.service[2:]
    first, last = (str(ItemCode(service, number, country)) for number in (one.first, one.last))
    return ShownBlock(first, last, one.count, one.left, one.added_by, one.added_at)
