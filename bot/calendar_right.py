"""Who may change the working calendar, which holds for the whole province, and as whose writing."""

import secrets
from datetime import datetime

from bot.core.staff import Actor
from bot.database import reading
from bot.province_right import has_right
from bot.runtime import Runtime
from bot.store.calendars import Writing

NOT_YOURS = (
    "Lịch làm việc áp dụng cho toàn tỉnh: chỉ quản trị viên của mọi cơ quan (cấp tỉnh) sửa được. "
    "Nhờ quản trị viên cấp tỉnh nhập."
)


def may_change_calendar(runtime: Runtime, actor: Actor) -> bool:
    """Whether this account administers every agency that there is."""
    with reading(runtime.engine) as connection:
        return has_right(connection, actor)


def new_writing(actor: Actor | None, now: datetime) -> Writing:
    """A writing of this moment, under a version that was never there before."""
    return Writing(secrets.token_hex(12), now, actor.account.id if actor else None)
