"""The demo dossiers of the one-stop software and the steps they go through."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, time, timedelta
from typing import Any

from sandbox.clock import LOCAL, Clock
from sandbox.electronic import About, documents

AGENCIES = {"H32.01": "UBND phường Lộc Thọ", "H32.02": "Sở Xây dựng tỉnh Khánh Hòa"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure: its name, the national status, and where the paper lies."""

    name: str
    status: int
    at_desk: bool = False


RECEIVED = Step("Tiếp nhận hồ sơ", 2, True)
REVIEW = Step("Thẩm định hồ sơ", 4)
SIGNING = Step("Lãnh đạo ký duyệt", 4)
SUPPLEMENT = Step("Chờ bổ sung", 5, True)
READY = Step("Trả kết quả", 9, True)
RETURNED = Step("Đã trả kết quả", 10, True)

PLAIN = (RECEIVED, REVIEW, SIGNING, READY, RETURNED)
DETOUR = (RECEIVED, REVIEW, SUPPLEMENT, REVIEW, SIGNING, READY, RETURNED)
SITE_VISIT = (RECEIVED, Step("Kiểm tra thực địa", 4), REVIEW, SIGNING, READY, RETURNED)
# In the story no step comes twice: the same words are told to a person once a day only.
STORY = (RECEIVED, REVIEW, SUPPLEMENT, SIGNING, READY, RETURNED)
SHORT = (RECEIVED, REVIEW, READY, RETURNED)
ROUTES = {"plain": PLAIN, "detour": DETOUR, "site": SITE_VISIT, "story": STORY, "short": SHORT}


@dataclass(frozen=True, slots=True)
class Demo:
    """One dossier as the rehearsal begins; `due_in` counts days from today."""

    code: str
    agency: str
    procedure: tuple[str, str]
    route: str
    position: int
    due_in: int
    owner: tuple[str, str]
    local_code: str = ""


BIRTH = ("1.001193", "Đăng ký khai sinh")
MARRIAGE = ("1.000894", "Đăng ký kết hôn")
MARITAL = ("1.004873", "Cấp Giấy xác nhận tình trạng hôn nhân")
HOUSE = ("1.013225", "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ")
PLANNING = ("1.008891", "Cấp chứng chỉ hành nghề hoạt động xây dựng hạng II")
DESIGN = ("1.013239", "Thẩm định báo cáo nghiên cứu khả thi đầu tư xây dựng")

AN = ("Nguyễn An", "0905000001")
BINH = ("Trần Thị Bình", "0905000002")
CHI = ("Lê Văn Chi", "0905000003")

DEMO = (
    Demo("H32.01-261116-0001", "H32.01", BIRTH, "plain", 1, 3, AN),
    Demo("H32.01-261116-0002", "H32.01", MARRIAGE, "plain", 2, -2, BINH),
    Demo("H32.01-261117-0003", "H32.01", MARITAL, "plain", 3, 0, CHI),
    Demo("H32.02-261110-0001", "H32.02", HOUSE, "site", 1, 7, AN, local_code="0101701234"),
    Demo("H32.02-261112-0002", "H32.02", PLANNING, "detour", 2, 5, BINH),
    Demo("H32.02-261118-0003", "H32.02", DESIGN, "detour", 0, 12, CHI),
)


@dataclass(slots=True)
class Dossier:
    """One dossier as the one-stop software holds it; moments are epoch seconds."""

    code: str
    agency: str
    procedure_code: str
    procedure: str
    route: str
    position: int
    received_at: float
    changed_at: float
    due_at: float
    owner_name: str
    phone: str
    local_code: str = ""
    finished_at: float | None = None
    returned_at: float | None = None
    last_answer: str = ""
    by_post: bool = False

    @property
    def step(self) -> Step:
        """Where the dossier is now."""
        return ROUTES[self.route][self.position]

    @property
    def next_step(self) -> Step | None:
        """Where it goes next; None at the end."""
        route = ROUTES[self.route]
        return route[self.position + 1] if self.position + 1 < len(route) else None

    def move_on(self, now: float) -> None:
        """Take the next step; the end of processing and the return are stamped."""
        self.position += 1
        self.changed_at = now
        if self.step.status == 9:
            self.finished_at = now
        if self.step.status == 10:
            self.returned_at = now

    def seen(self) -> dict[str, Any]:
        """The dossier as the page and the control API show it."""
        following = self.next_step
        return {
            "code": self.code,
            "local_code": self.local_code or None,
            "procedure": self.procedure,
            "agency": AGENCIES[self.agency],
            "agency_code": self.agency,
            "owner_name": self.owner_name,
            "step": self.step.name,
            "status": self.step.status,
            "due_at": _rfc3339(self.due_at),
            "finished_at": _rfc3339(self.finished_at) if self.finished_at else None,
            "next": following.name if following else None,
            "last_answer": self.last_answer,
        }

    @property
    def about(self) -> About:
        """What is told of its papers and its result."""
        ended = self.finished_at if self.step.status in (9, 10) else None
        day = datetime.fromtimestamp(ended, LOCAL).date() if ended is not None else None
        return About(
            self.code,
            self.procedure_code,
            AGENCIES[self.agency],
            self.owner_name,
            day,
        )

    def record(self, cap: float | None = None) -> dict[str, Any]:
        """The dossier as the feed takes it; `cap` keeps past moments out of the future."""
        sent: dict[str, Any] = {
            "code": self.code,
            "agency": self.agency,
            "procedure": {"code": self.procedure_code, "name": self.procedure},
            "step": self.step.name,
            "status": self.step.status,
            "at_desk": self.step.at_desk,
            "changed_at": _rfc3339(_capped(self.changed_at, cap)),
            "received_at": _rfc3339(_capped(self.received_at, cap)),
            "due_at": _rfc3339(self.due_at),
            "phone": self.phone,
            "notify": {"zalo": True, "sms": True, "post": self.by_post},
            "handler": "Bộ phận Một cửa",
            "owner_name": self.owner_name,
            "documents": documents(self.about),
        }
        for name, moment in (("finished_at", self.finished_at), ("returned_at", self.returned_at)):
            if moment is not None:
                sent[name] = _rfc3339(_capped(moment, cap))
        if self.local_code:
            sent["local_code"] = self.local_code
        if self.step.status == 5:
            sent["needed"] = ["Bản sao văn bằng chuyên môn có chứng thực"]
        return sent


class Dossiers:
    """All dossiers of the one-stop software."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_code = {one.code: one for one in (_begun(demo, clock.local()) for demo in DEMO)}

    def all(self) -> list[Dossier]:
        """Every dossier, in the order of its making."""
        return list(self._by_code.values())

    def by_code(self, code: str) -> Dossier | None:
        """The dossier with this code."""
        return self._by_code.get(code)

    def put(self, dossier: Dossier) -> None:
        """Take a new or changed dossier in."""
        self._by_code[dossier.code] = dossier

    def drawn_up(self, route: str = "plain", owner: tuple[str, str] = AN) -> Dossier:
        """One more dossier at its first step, received this minute; not yet taken in."""
        today = self._clock.local()
        serial = today.hour * 60 + today.minute + 1000
        while self.by_code(code := f"H32.01-{today:%y%m%d}-{serial}"):
            serial += 1
        demo = Demo(code, "H32.01", BIRTH, route, 0, 3, owner)
        dossier = _begun(demo, today)
        dossier.received_at = dossier.changed_at = self._clock.now()
        return dossier

    def phone_changed(self, before: str, after: str) -> None:
        """Correct a number wherever it is written down; the feed hears of it with the next move."""
        for one in self.all():
            if one.phone == before:
                one.phone = after

    def seen(self) -> list[dict[str, Any]]:
        """All dossiers as the page shows them."""
        return [one.seen() for one in self.all()]

    def saved(self) -> list[dict[str, Any]]:
        """All dossiers, as kept across restarts."""
        return [asdict(one) for one in self.all()]

    def restore(self, kept: list[dict[str, Any]]) -> None:
        """Take back what was kept."""
        names = {one.name for one in fields(Dossier)}
        for row in kept:
            self.put(Dossier(**{key: value for key, value in row.items() if key in names}))


def late_due(clock: Clock) -> float:
    """An appointment of yesterday, end of office hours."""
    return _at(clock.local(), -1, time(17, 0))


def _begun(demo: Demo, today: datetime) -> Dossier:
    """A demo dossier today; its last change is yesterday's, so a second start repeats it."""
    received = datetime.strptime(demo.code.split("-")[1], "%y%m%d").replace(tzinfo=LOCAL)
    changed = _at(today, -1, time(15, 0))
    dossier = Dossier(
        code=demo.code,
        agency=demo.agency,
        procedure_code=demo.procedure[0],
        procedure=demo.procedure[1],
        route=demo.route,
        position=demo.position,
        received_at=min(_at(received, 0, time(8, 30)), changed),
        changed_at=changed,
        due_at=_at(today, demo.due_in, time(17, 0)),
        owner_name=demo.owner[0],
        phone=demo.owner[1],
        local_code=demo.local_code,
    )
    if dossier.step.status == 9:
        dossier.finished_at = changed
    return dossier


def _at(day: datetime, days: int, hour: time) -> float:
    return datetime.combine(day.date() + timedelta(days=days), hour, LOCAL).timestamp()


def _capped(moment: float, cap: float | None) -> float:
    return moment if cap is None else min(moment, cap)


def _rfc3339(moment: float) -> str:
    return datetime.fromtimestamp(moment, LOCAL).isoformat(timespec="milliseconds")
