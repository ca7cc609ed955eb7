"""What grows, as those who watch are told of it: months made beforehand, the read replica."""

from collections.abc import Iterator

from bot.keep_months import LEAST_AHEAD, parted_tables
from bot.replica import Standing
from bot.runbook import Alarm
from bot.runtime import Runtime

_REPLICA = {
    Standing.AWAY: "không trả lời",
    Standing.OLD: "chạy sau quá lâu, hoặc không worker nào chạy",
    Standing.NO_REPLICA: "không phải bản sao",
}


def growth_alarms(runtime: Runtime) -> Iterator[Alarm]:
    """Tables short of months, and a replica that is not read.

    Errors: SQLAlchemyError when the database is away.
    """
    for one in parted_tables(runtime):
        if one.strays:
            told = f"{one.strays} dòng chưa nằm trong tháng nào"
            yield Alarm("MotcuaMonthsShort", one.table, told)
        elif one.ahead < LEAST_AHEAD:
            told = f"mới tạo đến tháng {one.last}" if one.last else "chưa tạo tháng nào"
            yield Alarm("MotcuaMonthsShort", one.table, told)
    if runtime.replica is not None:
        standing = runtime.replica.look().standing
        if standing is not Standing.GOOD:
            yield Alarm("MotcuaReplicaBad", "", _REPLICA[standing])
