"""A province with a counter: agencies, procedures, clerks who act, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import insert, select

from bot.core.counter_draft import Draft, DraftPaper
from bot.core.counter_faults import Faults
from bot.core.counter_moves import MoveKind, MoveOrder
from bot.core.snapshot import Ticks
from bot.core.staff import Account, Actor, Role
from bot.database import reading
from bot.move_dossier import Moved, move_dossier
from bot.open_dossier import OpenedDossier, open_dossier
from bot.procedures import import_procedures
from bot.store.agencies import agency_parents
from bot.store.counter_tables import audit_entry, staff
from bot.take_in_dossier import Taken, take_in_dossier
from tests.bot.owing import Place
from tests.make import NOW

LAND, BIRTH, COPY = "1.004873", "1.001193", "2.000815"
PROCEDURES = """\
ma,ten,so_ngay,loai_ngay,trong_ngay,phi,huong_dan,giay_to
1.004873,Đăng ký biến động đất đai,5,làm việc,,15.000 đồng,Nộp tại quầy,\
"Đơn đăng ký; bản chính=1|Giấy chứng nhận; bản chính=1; bản sao=2"
1.001193,Đăng ký khai sinh,,,,,,Giấy chứng sinh; bản chính=1
2.000815,Chứng thực bản sao,,,có,,,
"""
DRAFT = Draft(
    agency="H32.15",
    procedure=LAND,
    name="Trần Thị Bình",
    phone="0905 123 456",
    address="12 Lê Lợi",
    ticks=Ticks(zalo=True, sms=True),
    papers=(DraftPaper("Đơn đăng ký", "1"), DraftPaper("Giấy chứng nhận", "1", "", "2")),
)


@dataclass(slots=True)
class Counter(Place):
    """A place whose agency H32.15 takes dossiers in; `lan` is its clerk."""

    lan: Actor = field(init=False)

    def __post_init__(self) -> None:
        Place.__post_init__(self)
        import_procedures(self.runtime, None, "H32", PROCEDURES.encode())
        self.lan = self.clerk("lan", "H32.15")

    def clerk(self, login: str, agency: str | None, name: str = "Lê Thị Lan") -> Actor:
        """An account that acts for an agency and those below, or for all."""
        values: dict[str, Any] = {
            "login": login,
            "password_hash": "none",
            "roles": "clerk",
            "agency_code": agency,
            "password_changed_at": NOW,
            "created_at": NOW,
        }
        with self.runtime.engine.begin() as connection:
            stored = insert(staff).values(values).returning(staff.c.id)
            number = connection.execute(stored).scalar_one()
            parents = agency_parents(connection)
        mine = frozenset(
            code for code in parents if agency is None or code == agency or parents[code] == agency
        )
        account = Account(number, login, name, frozenset({Role.CLERK}), agency)
        return Actor(account, "10.0.0.1", mine)

    def take_in(self, press: str = "press-0001", **changes: Any) -> Taken:
        """Take the usual dossier in, or one that differs."""
        taken = take_in_dossier(self.runtime, self.lan, replace(DRAFT, **changes), press)
        assert isinstance(taken, Taken), taken
        return taken

    def faults(self, **changes: Any) -> Mapping[str, str]:
        """Why a draft is not taken in."""
        outcome = take_in_dossier(self.runtime, self.lan, replace(DRAFT, **changes), "press-fault")
        assert isinstance(outcome, Faults), outcome
        return outcome.fields

    def opened(self, code: str) -> OpenedDossier:
        """The dossier as its clerk sees it."""
        opened = open_dossier(self.runtime, self.lan, code)
        assert opened is not None
        return opened

    def try_move(self, code: str, kind: MoveKind, **order: str) -> Moved | Faults:
        """Move it from what the page shows now, a minute later."""
        seen = self.opened(code).seen
        self.clock.move(minutes=1)
        return move_dossier(self.runtime, self.lan, code, seen, MoveOrder(kind, **order))

    def move(self, code: str, kind: MoveKind, **order: str) -> Moved:
        """The same where it has to work."""
        moved = self.try_move(code, kind, **order)
        assert isinstance(moved, Moved), moved
        return moved

    def deeds(self, action: str) -> list[Any]:
        """The entries of the audit trail of one kind."""
        with reading(self.runtime.engine) as connection:
            chosen = select(audit_entry).where(audit_entry.c.action == action)
            return list(connection.execute(chosen.order_by(audit_entry.c.id)))
