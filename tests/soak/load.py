"""What comes in while the house soaks: a little of everything, at an even and gentle rate."""

import base64
import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from itertools import count, cycle
from urllib.parse import urlencode

import requests

from tests.chaos.house import KNOWN, known_code
from tests.photos.sets import clear_photo
from tests.soak.house import PASSWORD, SoakHouse

PHOTO_EVERY, SMS_EVERY, SLIP_EVERY = 4.0, 1.0, 0.5  # seconds
PAGE_EVERY, PUBLIC_EVERY, ANNOUNCED_EVERY = 1.0, 2.0, 120.0
PAGES = ("", "tim?q={code}", "ho-so/{code}", "trao-doi", "so-dien-thoai", "thu-tuc", "den-han",
         "tiep-nhan", "phim-tat")  # fmt: skip
PUBLIC_PAGES = (
    "/tinh-trang",
    "/quyen-rieng-tu",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/healthz",
)
FORM = {
    "kind": "event",
    "text": "Bộ phận Một cửa mời Ông/Bà xem lịch tiếp công dân tại trang của tỉnh.",
    "link": "https://dichvucong.gov.vn/lich",
    "audience": "followers",
    "roads": "chat",
    "roads_sent": "1",
    "send_at": "",
}
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass(slots=True)
class Browser:
    """One of the staff at the console."""

    web: str
    login: str
    http: requests.Session = field(default_factory=requests.Session)

    def enter(self) -> None:
        """Log in by the form."""
        self.http.trust_env = False
        form = {"login": self.login, "password": PASSWORD, "next": ""}
        assert self.post("/console/login", form, at="/console/login").status_code == 303

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self.http.get(f"{self.web}{path}", timeout=30, allow_redirects=False)

    def post(
        self, path: str, form: dict[str, str], at: str = "/console/phim-tat"
    ) -> requests.Response:
        """Send a form with the token of a page."""
        [token] = _TOKEN.findall(self.get(at).text)
        return self.http.post(
            f"{self.web}{path}",
            data={"csrf_token": unescape(token), **form},
            headers={"Origin": self.web},
            timeout=30,
            allow_redirects=False,
        )


@dataclass(slots=True)
class Trickle:
    """The load beside questions and the feed; `answers` counts what was answered, by kind."""

    house: SoakHouse
    answers: Counter[str] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        works = (
            (PHOTO_EVERY, self._photos()),
            (SMS_EVERY, self._sms()),
            (SLIP_EVERY, self._slips()),
            (PAGE_EVERY, self._console()),
            (PUBLIC_EVERY, self._public()),
            (ANNOUNCED_EVERY, self._announcements()),
        )
        for seconds, work in works:
            thread = threading.Thread(target=self._again, args=(seconds, work), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End; what was begun is finished."""
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def faults(self) -> list[str]:
        """Answers that should not be."""
        good = re.compile(r".* (200|303)$")
        return [f"{what}: {times} times" for what, times in self.answers.items()
                if not good.match(what)]  # fmt: skip

    def _again(self, seconds: float, work: Callable[[], str]) -> None:
        while not self._over.wait(seconds):
            try:
                self.answers[work()] += 1
            except (requests.RequestException, AssertionError, ValueError) as fault:
                self.answers[f"{work.__qualname__} {type(fault).__name__} {fault}"[:200]] += 1

    def _photos(self) -> Callable[[], str]:
        codes = (known_code(number) for number in cycle(range(KNOWN)))
        numbers = count()

        def send() -> str:
            picture = base64.b64encode(clear_photo(next(codes))).decode()
            body = {"user": f"photo{next(numbers) % 200}", "image_base64": picture}
            answer = requests.post(f"{self.house.sandbox}/control/photo", json=body, timeout=30)
            return f"photo {answer.status_code}"

        return send

    def _sms(self) -> Callable[[], str]:
        numbers = count()

        def send() -> str:
            number = next(numbers)
            fields = {
                "mobile": f"8491{number % 5_000:07}",
                "serviceNumber": "8083",
                "info": f"MCKH {known_code(number % KNOWN)}",
            }
            path = f"/webhooks/sms/cpurl/inbound?{urlencode(fields)}"
            return f"sms {requests.get(self.house.web + path, timeout=30).status_code}"

        return send

    def _slips(self) -> Callable[[], str]:
        slips = cycle([self.house.slip(known_code(number)) for number in range(KNOWN)])
        return lambda: f"slip {requests.get(next(slips), timeout=30).status_code}"

    def _public(self) -> Callable[[], str]:
        pages = cycle(PUBLIC_PAGES)

        def look() -> str:
            path = next(pages)
            return f"{path} {requests.get(self.house.web + path, timeout=30).status_code}"

        return look

    def _console(self) -> Callable[[], str]:
        browser = Browser(self.house.web, "quay")
        browser.enter()
        pages, codes = cycle(PAGES), cycle([known_code(number) for number in range(KNOWN)])

        def look() -> str:
            path = next(pages)
            answer = browser.get(f"/console/{path.format(code=next(codes))}")
            return f"console {path} {answer.status_code}"

        return look

    def _announcements(self) -> Callable[[], str]:
        writer, approver = (Browser(self.house.web, login) for login in ("viet", "duyet"))
        writer.enter()
        approver.enter()
        numbers = count(1)

        def announce() -> str:
            form = {**FORM, "title": f"Lịch tiếp công dân số {next(numbers)}"}
            place = writer.post("/console/thong-bao", {}).headers["Location"]
            steps = (
                writer.post(place, {**form, "revision": "1"}),
                writer.post(f"{place}/trinh-duyet", {"revision": "2"}),
                approver.post(f"{place}/duyet", {"revision": "2"}),
                writer.post(f"{place}/phat-hanh", {"revision": "2"}),
            )
            told = writer.http.get(f"{self.house.web}{place}/tien-do", timeout=30,
                                   headers={"Accept": "application/json"})  # fmt: skip
            assert json.loads(told.text)["state"] in ("scheduled", "sending", "sent"), told.text
            return f"announcement {max(one.status_code for one in steps)}"

        return announce
