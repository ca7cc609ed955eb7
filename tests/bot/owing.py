"""A place that feeds tell changes to, and the notices that come of them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bot.agencies import add_agency
from bot.core.snapshot import FeedDossier, Outcome, Procedure, Times
from bot.database import reading
from bot.register import register_dossiers
from bot.runtime import Runtime
from bot.store.feed_keys import FeedKey
from bot.store.notice_tables import attempt, notice
from tests.make import NOW, HandClock, ListBell, make_runtime

KEY = FeedKey("fk-1", "H32", all_agencies=False)
MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 4, 10, 0, tzinfo=UTC)


@dataclass(slots=True)
class Place:
    """One database with an agency that feeds, a clock to move, and a bell that writes down."""

    url: str
    clock: HandClock = field(default_factory=HandClock)
    bell: ListBell = field(default_factory=ListBell)
    runtime: Runtime = field(init=False)

    def __post_init__(self) -> None:
        self.runtime = make_runtime(self.url, self.clock, self.bell)
        add_agency(self.runtime, "H32", "Ủy ban nhân dân tỉnh")
        add_agency(self.runtime, "H32.15", "Sở Nông nghiệp và Môi trường", parent="H32")

    def feed(self, *told: FeedDossier) -> list[Outcome]:
        """Send dossiers; the outcome of each."""
        return [one.outcome for one in register_dossiers(self.runtime, KEY, told)]

    def rows(self) -> list[Any]:
        """Every notice, oldest first."""
        with reading(self.runtime.engine) as connection:
            return list(connection.execute(select(notice).order_by(notice.c.id)))

    def owed(self) -> list[tuple[str, str]]:
        """Event and state of every notice, oldest first."""
        return [(row.event, row.state) for row in self.rows()]

    def set_result(self, **values: Any) -> int:
        """Let something have happened to the result's notice; its id."""
        [row] = [row for row in self.rows() if row.event == "result"]
        with self.runtime.engine.begin() as connection:
            connection.execute(update(notice).where(notice.c.id == row.id).values(**values))
        return int(row.id)

    def try_result(self, state: str) -> None:
        """Let the result have been handed to a carrier, with this outcome; it stays open."""
        row = {
            "notice_id": self.set_result(refusals=1),
            "rung": "chat",
            "recipient": "1234567890",
            "carrier": "zalo",
            "request_id": "request",
            "text_mark": b"mark",
            "state": state,
            "begun_at": NOW,
        }
        with self.runtime.engine.begin() as connection:
            connection.execute(insert(attempt), row)


def make_told(status: int = 4, step: str = "Thẩm định", minutes: int = 0) -> FeedDossier:
    """The first dossier as it stands `minutes` after the morning began."""
    return FeedDossier(
        code="000.00.17.H32-261122-0001",
        agency="H32.15",
        procedure=Procedure("1.004873", "Đăng ký biến động đất đai"),
        step=step,
        status=status,
        changed_at=MORNING + timedelta(minutes=minutes),
        times=Times(due_at=DUE),
        phone="0905 123 456",
    )


def numbered(told: FeedDossier, number: int) -> FeedDossier:
    """The same of another dossier."""
    return replace(told, code=f"000.00.17.H32-261122-{number:04d}")


RECEIVED, CHECKED = make_told(2, "Tiếp nhận"), make_told(4, "Thẩm định", 1)
RESULT, BACK = make_told(9, "Trả kết quả", 2), make_told(4, "Ký duyệt", 3)
