"""Dossiers that move at several agencies, for the books."""

from datetime import timedelta

from bot.core.snapshot import FeedDossier, Procedure, Times
from bot.register import register_dossiers
from bot.store.feed_keys import FeedKey
from tests.console.desk import Desk

KEY = FeedKey("fk-1", "H56", all_agencies=True)
LAND = Procedure("1.004873", "Đăng ký biến động đất đai")
BIRTH = Procedure("1.001193", "Đăng ký khai sinh")


def tell(desk: Desk, agency: str, number: int, procedure: Procedure, status: int,
         step: str = "Bước", phone: str | None = "0905123456") -> None:  # fmt: skip
    now = desk.clock()
    told = FeedDossier(
        code=f"000.00.17.{agency.split('.')[0]}-261122-{number:04d}",
        agency=agency,
        procedure=procedure,
        step=step,
        status=status,
        changed_at=now,
        phone=phone,
        times=Times(received_at=now, due_at=now + timedelta(days=3)),
    )
    [result] = register_dossiers(desk.runtime, KEY, [told])
    assert result.why is None, result.why
