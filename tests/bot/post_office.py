"""A postal service that answers as a test wishes, and a province that sends results by it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.channels.channel import Again, SendFailed
from bot.channels.post_service import Cancelled, OrderTaken, TrackedPage
from bot.core.post_item import read_block
from bot.core.post_order import PostOrder
from bot.core.post_receiver import ReceiverDraft
from bot.core.postal import Tracked
from bot.core.snapshot import Ticks
from bot.core.staff import Account, Actor, Role
from bot.database import reading
from bot.order_post import order_post
from bot.store.post_items import add_block
from bot.store.post_tables import post_progress, post_return
from bot.store.tables import agency
from bot.track_post import TrackedRun, track_post
from bot.want_by_post import want_by_post
from tests.bot.notice_stage import CODE, Stage, make_stage

SETTINGS: dict[str, Any] = {
    "post_service": "vnpost",
    "post_url": "https://post.test",
    "post_user": "u",
    "post_password": "p",
    "post_customer_code": "KH01",
    "post_province": "Khánh Hòa",
}
BLOCK = "EE123456001VN-EE123456999VN"
FIRST_ITEM = "EE123456003VN"
DRAFT = ReceiverDraft("Trần Thị Bình", "0905123456", "12 Trần Phú", "phường Lộc Thọ", "Khánh Hòa")
BY_POST = Ticks(zalo=True, sms=True, post=True)
Step = Callable[[PostOrder], None]


@dataclass(slots=True)
class Office:
    """Takes orders once by their number; `asked` is every call, `lines` what it tells."""

    orders: dict[str, PostOrder] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    script: deque[Step | None] = field(default_factory=deque)
    lines: list[Tracked] = field(default_factory=list)
    cancels: Cancelled = Cancelled.DONE
    mute: int = 0  # so many cancellations are not answered
    name: str = "office"

    def order(self, order: PostOrder) -> OrderTaken:
        """Take an order, or do what the script says next."""
        self.asked.append((order.number, order.item_code))
        step = self.script.popleft() if self.script else None
        if step is not None:
            step(order)
        again = order.number in self.orders
        first = self.orders.setdefault(order.number, order)
        return OrderTaken(first.item_code or "EE900000008VN", again)

    def cancel(self, number: str) -> Cancelled:
        """Cancel as the test wishes."""
        self.asked.append(("cancel", number))
        if self.mute:
            self.mute -= 1
            raise SendFailed(Again.UNSURE, "the answer was lost (ReadTimeout)")
        return self.cancels

    def track(self, after: int) -> TrackedPage:
        """All that comes behind an id."""
        lines = tuple(line for line in self.lines if line.id > after)
        return TrackedPage(lines, lines[-1].id if lines else after)

    def tell(self, message: str, at: datetime | None = None, code: str = CODE) -> None:
        """One more line of tracking."""
        self.lines.append(Tracked(len(self.lines) + 1, code, "S", message, at))

    def refuse(self, again: Again, code: str = "", said: str = "", times: int = 1) -> None:
        """The next orders are answered so."""

        def refusal(_order: PostOrder) -> None:
            raise SendFailed(again, "as the script says", code, said)

        self.script.extend([refusal] * times)

    def swallow(self) -> None:
        """The next order is taken, and its answer lost."""

        def lose(order: PostOrder) -> None:
            self.orders[order.number] = order
            raise SendFailed(Again.UNSURE, "the answer was lost (ReadTimeout)")

        self.script.append(lose)


@dataclass(slots=True)
class PostStage:
    """A stage with a postal service."""

    stage: Stage
    office: Office = field(default_factory=Office)

    @property
    def actor(self) -> Actor:
        """A clerk of the stage's agency."""
        account = Account(0, "lan", "Lan", frozenset({Role.CLERK}), "H32")
        return Actor(account, "127.0.0.1", frozenset({"H32"}))

    def address(self) -> None:
        """A clerk enters the receiver."""
        found = want_by_post(self.stage.runtime, self.actor, CODE, DRAFT)
        assert not hasattr(found, "fields"), found

    def feed(self, status: int = 4, step: str = "Thẩm định", **changes: Any) -> None:
        """The one-stop software tells of the dossier, the post ticked."""
        self.stage.clock.move(minutes=1)
        self.stage.feed(status, step, **{"notify": BY_POST, **changes})

    def result(self) -> None:
        """The result lies at the desk."""
        self.feed(9, "Trả kết quả")

    def order(self) -> int:
        """The worker's turn at the post."""
        return order_post(self.stage.runtime, self.office)

    def track(self) -> TrackedRun:
        """The timed look at tracking."""
        run = track_post(self.stage.runtime, self.office)
        assert run
        return run

    def wanted(self) -> Row[Any]:
        """The one return that is stored."""
        with reading(self.stage.runtime.engine) as connection:
            return connection.execute(select(post_return)).one()

    @property
    def state(self) -> str:
        """Where it stands."""
        return str(self.wanted().state)

    def text(self, name: str) -> str:
        """A sealed column of it, opened."""
        sealed = getattr(self.wanted(), name)
        return self.stage.runtime.vault.open_text(sealed) if sealed else ""

    def lines(self) -> list[Row[Any]]:
        """Every line of tracking that is stored."""
        with reading(self.stage.runtime.engine) as connection:
            chosen = select(post_progress).order_by(post_progress.c.id)
            return list(connection.execute(chosen))


def make_post_stage(database_url: str, **settings: Any) -> PostStage:
    """A stage whose desk can order, with a block of item codes; the post is not ticked yet."""
    stage = make_stage(database_url, **{**SETTINGS, **settings})
    with stage.runtime.engine.begin() as connection:
        connection.execute(
            update(agency).values(address="1 Trần Phú, Nha Trang", hotline="0258 3822 111")
        )
        add_block(connection, read_block(BLOCK), "an", stage.clock())
    return PostStage(stage)
