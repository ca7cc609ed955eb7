"""Item codes given to returns: each at most once, whatever was given out before."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.core.post_item import ItemBlock
from bot.index_key import index_key_in
from bot.runtime import Runtime
from bot.store.post_items import AT_ONCE, add_block, mark_given, next_item
from bot.store.post_orders import known_marks
from bot.vault import blind_index


def item_values(runtime: Runtime, connection: Connection, code: str) -> dict[str, bytes]:
    """What is kept of an item code: sealed, and a mark by which it is given out once."""
    mark = item_mark(index_key_in(runtime, connection), code)
    return {"item_code": runtime.vault.seal(code), "item_mark": mark}


def item_mark(index: bytes, code: str) -> bytes:
    """By what an item code is found; `index` is the key of the blind indexes."""
    return blind_index(index, f"post-item\n{code}")


def give_item(runtime: Runtime, connection: Connection, now: datetime) -> str:
    """The next free item code that no return has; "" when there is none.

    One that a return has already (the service named it, or it came by a file) counts as given out.
    """
    index = index_key_in(runtime, connection)
    while given := next_item(connection, now):
        code = str(given)
        if not known_marks(connection, [item_mark(index, code)]):
            return code
    return ""


def add_item_block(runtime: Runtime, connection: Connection, block: ItemBlock, by: str) -> int:
    """Store a block's codes, those that returns have as given out; how many were not known."""
    now = runtime.now()
    added = add_block(connection, block, by, now)
    index, codes = index_key_in(runtime, connection), list(block)
    for start in range(0, len(codes), AT_ONCE):
        marks = {item_mark(index, str(one)): one for one in codes[start : start + AT_ONCE]}
        used: Sequence[bytes] = sorted(known_marks(connection, list(marks)))
        mark_given(connection, [marks[mark] for mark in used], now)
    return added
