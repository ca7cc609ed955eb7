"""A province in small for notices: dossiers fed, carriers that answer as a test wishes."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select

from bot.agencies import add_agency, set_agency
from bot.ceiling import Ceiling
from bot.channels.channel import Again, SendFailed, Sent
from bot.channels.sms_gateway import OutgoingSms, SmsTaken
from bot.channels.zalo_template import TemplateTaken
from bot.core.message import Button, Outgoing
from bot.core.phone import Phone, read_phone
from bot.core.receipt import DeliveryReceipt, Reported
from bot.core.snapshot import FeedDossier, Procedure, Ticks, Times
from bot.database import reading
from bot.hold import Hold
from bot.index_key import index_key
from bot.notice_send import BY_PHONE, WALLET, ZALO, Carriers
from bot.notify import Notifier
from bot.prices import load_prices
from bot.register import register_dossiers
from bot.runtime import Runtime
from bot.settings import TemplateSetting
from bot.store.feed_keys import FeedKey
from bot.store.notice_tables import attempt, notice, phone_link
from bot.store.tables import follower
from bot.take_receipts import take_receipts
from bot.vault import blind_index
from tests.make import HandClock, ListBell, make_runtime

KEY = FeedKey("fk-1", "H32", all_agencies=False)
CODE = "000.00.17.H32-261122-0001"
PHONE = "0905123456"
RESULT = (
    f"TB: Hồ sơ của quý ông/bà (MS: {CODE}) đã được giải quyết xong. Mời ông/bà đến "
    "Bộ phận Một cửa Sở Nông nghiệp và Môi trường để nhận kết quả"
)
RESULT_SMS = (
    f"TB: Ho so cua quy ong/ba (MS: {CODE}) da duoc giai quyet xong. Moi ong/ba den "
    "Bo phan Mot cua So NNMT de nhan ket qua"
)
TEMPLATES = {
    event: TemplateSetting(id=str(100 + place), params={"ma": "{code}"})
    for place, event in enumerate(("result", "supplement", "apology", "received", "step", "otp"))
}
Fault = Callable[[], None]


@dataclass(slots=True)
class Way:
    """One carrier; `asked` is every call, `taken` what it took: (recipient, text or data)."""

    name: str
    script: deque[Fault | None] = field(default_factory=deque)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    taken: list[tuple[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    always: Fault | None = None

    def call(self, recipient: str, what: Any, request_id: str = "") -> str:
        """Take it, or do what the script says next; gives the carrier's id."""
        self.asked.append((recipient, what))
        self.requests.append(request_id)
        fault = self.script.popleft() if self.script else self.always
        if fault is not None:
            fault()
        self.taken.append((recipient, what))
        return f"{self.name}-{len(self.taken)}"

    def refuse(self, again: Again, code: str = "-9999", times: int = 1) -> None:
        """The next calls are answered so."""
        self.script.extend([refusal(again, code)] * times)

    def swallow(self, recipient: str = "") -> None:
        """The next call is taken, and its answer lost."""

        def lose() -> None:
            self.taken.append((recipient, "swallowed"))
            raise SendFailed(Again.UNSURE, "the answer was lost (ReadTimeout)")

        self.script.append(lose)


def refusal(again: Again, code: str = "-9999") -> Fault:
    """A refusal of this class."""

    def refuse() -> None:
        raise SendFailed(again, "as the script says", code, "their own words")

    return refuse


@dataclass(slots=True)
class Chat:
    """The OA's chat."""

    way: Way
    buttons: list[tuple[Button, ...]]
    name: str = "zalo"

    def send(self, message: Outgoing) -> Sent:
        """Take one message."""
        self.buttons.append(message.buttons)
        return Sent(self.way.call(message.recipient, message.text))


@dataclass(slots=True)
class TemplateWay:
    """Templates by user id and by phone."""

    uid: Way
    phone: Way

    def by_uid(self, user_id: str, template_id: str, data: Mapping[str, str]) -> TemplateTaken:
        """Take one template."""
        name = self.uid.call(user_id, (template_id, dict(data)))
        return TemplateTaken(name, None, None, "0", "Success")

    def by_phone(
        self, phone: Phone, template_id: str, data: Mapping[str, str], tracking_id: str
    ) -> TemplateTaken:
        """Take one template."""
        name = self.phone.call(phone.national, (template_id, dict(data)), tracking_id)
        return TemplateTaken(name, None, None, "0", "Success")


@dataclass(slots=True)
class Gateway:
    """An SMS gateway."""

    way: Way

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self.way.name

    def send(self, sms: OutgoingSms) -> SmsTaken:
        """Take one SMS."""
        return SmsTaken(self.way.call(sms.phone.national, sms.text, sms.request_id), "100", "OK")


@dataclass(slots=True)
class Stage:
    """A province, its clock, its carriers, and one worker."""

    runtime: Runtime
    clock: HandClock
    chat: Way
    uid: Way
    zbs: Way
    sms: Way
    reserve: Way
    chat_buttons: list[tuple[Button, ...]] = field(default_factory=list)  # of each chat message
    notifier: Notifier = field(init=False)

    def __post_init__(self) -> None:
        self.notifier = self.worker()

    def worker(self) -> Notifier:
        """One more worker process's notifier."""
        names = [self.sms.name, self.reserve.name]
        holds = (ZALO, WALLET, BY_PHONE, *(f"sms:{name}" for name in names))
        gateways = {one.name: Gateway(one) for one in (self.sms, self.reserve)}
        if self.runtime.settings.sms_gateway_reserve == "none":
            gateways.pop(self.reserve.name)
        carriers = Carriers(
            runtime=self.runtime,
            chat=Chat(self.chat, self.chat_buttons),  # type: ignore[arg-type]
            templates=TemplateWay(self.uid, self.zbs),  # type: ignore[arg-type]
            gateways=gateways,
            holds={name: Hold(self.runtime, name) for name in holds},
            prices=load_prices(),
        )
        return Notifier(self.runtime, carriers, Ceiling(self.runtime.settings), threads=4)

    def feed(self, status: int = 4, step: str = "Thẩm định", **changes: Any) -> None:
        """The one-stop software tells how the dossier stands now."""
        values: dict[str, Any] = {
            "code": CODE,
            "agency": "H32",
            "procedure": Procedure("1.004873", "Đăng ký biến động đất đai"),
            "step": step,
            "status": status,
            "changed_at": self.clock(),
            "phone": PHONE,
            "notify": Ticks(zalo=True, sms=True),
            "times": Times(due_at=self.clock() + timedelta(days=10)),
        }
        told = FeedDossier(**{**values, **changes})
        [result] = register_dossiers(self.runtime, KEY, [told])
        assert result.why is None, result.why

    def follow(self, user_id: str = "u1", hours_ago: float = 1, phone: str = PHONE) -> None:
        """A citizen who proved the phone and last wrote so long ago."""
        now = self.clock()
        read = read_phone(phone).phone
        assert read
        with self.runtime.engine.begin() as connection:
            connection.execute(
                insert(follower).values(
                    user_id=user_id,
                    following=True,
                    first_seen_at=now,
                    last_interaction_at=now - timedelta(hours=hours_ago),
                )
            )
            connection.execute(
                insert(phone_link).values(
                    user_id=user_id,
                    phone_index=self.index(phone),
                    phone=self.runtime.vault.seal(read.e164),
                    how="sms",
                    proved_at=now,
                )
            )

    def index(self, phone: str = PHONE) -> bytes:
        """The blind index of a phone."""
        read = read_phone(phone).phone
        assert read
        return blind_index(index_key(self.runtime), read.e164)

    def work(self, worker: Notifier | None = None) -> None:
        """Let a worker do all that is due now."""
        one = worker or self.notifier
        while one.turn():
            pass

    def later(self, **distance: float) -> None:
        """Move the clock, then let the worker do what is due."""
        self.clock.move(**distance)
        self.work()

    def report(self, way: Way, state: Reported = Reported.DELIVERED, number: int = -1) -> None:
        """A carrier reports of a message it took."""
        ref = f"{way.name}-{len(way.taken) if number < 0 else number}"
        receipt = DeliveryReceipt(way.name, (ref,), state, self.clock(), "", "", permanent=True)
        take_receipts(self.runtime, [receipt])

    def notices(self) -> list[Row[Any]]:
        """Every notice, oldest first."""
        with reading(self.runtime.engine) as connection:
            return list(connection.execute(select(notice).order_by(notice.c.id)))

    def attempts(self) -> list[Row[Any]]:
        """Every attempt, oldest first."""
        with reading(self.runtime.engine) as connection:
            return list(connection.execute(select(attempt).order_by(attempt.c.id)))

    def last(self) -> Row[Any]:
        """The newest notice."""
        return self.notices()[-1]

    @property
    def texts(self) -> int:
        """How many messages all carriers took."""
        return sum(
            len(way.taken) for way in (self.chat, self.uid, self.zbs, self.sms, self.reserve)
        )


def make_stage(database_url: str, now: datetime | None = None, **settings: Any) -> Stage:
    """A stage whose dossier is known, at step "Thẩm định", and about which nothing is owed."""
    clock = HandClock() if now is None else HandClock(now)
    given = {"sms_gateway": "esms", "zalo_templates": TEMPLATES, **settings}
    runtime = make_runtime(database_url, clock, ListBell(), **given)
    add_agency(runtime, "H32", "Sở Nông nghiệp và Môi trường", sms_name="So NNMT")
    ways = (Way("zalo"), Way("uid"), Way("zbs"), Way("esms"), Way("vietguys"))
    stage = Stage(runtime, clock, *ways)
    stage.feed()
    clock.move(minutes=1)
    return stage


def switch(stage: Stage, **switches: Any) -> None:
    """Change a switch of the stage's agency."""
    set_agency(stage.runtime, "H32", **switches)
    stage.notifier = stage.worker()


def result(stage: Stage) -> None:
    """The dossier's result is ready, and a worker does what is due."""
    stage.feed(9, "Trả kết quả")
    stage.work()
