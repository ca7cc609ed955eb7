"""Everything the sandbox plays, put together once and passed by hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from sandbox.article_shelf import Articles
from sandbox.clock import Clock, shown
from sandbox.dossiers import Dossiers
from sandbox.events import Event, Events
from sandbox.faults import Fault, Faults
from sandbox.media import ATTACHMENT_LIFE, Kept, Media
from sandbox.messages import Bubble, Messages
from sandbox.parcels import Parcel, Parcels
from sandbox.people import People, Person
from sandbox.purse import Purse
from sandbox.rate import RateWindow
from sandbox.request_log import Logged, RequestLog
from sandbox.settings import Settings
from sandbox.sms_ledger import SmsLedger
from sandbox.stream import Stream
from sandbox.tokens import Tokens
from sandbox.webhooks import Webhooks
from sandbox.zbs_ledger import ZbsLedger

OA_NAME = "Dịch vụ công"


class World:
    """One OA, its app, its citizens, and a one-stop software, all on one clock."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(settings.clock_offset)
        self.stream = Stream()
        self.people = People(settings.app_id, settings.oa_id)
        self.messages = Messages()
        self.tokens = Tokens()
        self.media = Media()
        self.articles = Articles()
        self.purse = Purse()
        self.rate = RateWindow()
        self.requests = RequestLog()
        self.dossiers = Dossiers(self.clock)
        self.parcels = Parcels()
        self.post_tokens: dict[str, float] = {}  # until when each is good
        self.faults = Faults(self._fault_changed)
        self.events = Events(settings.app_id, settings.oa_id, self.clock.now)
        self.webhooks = Webhooks(
            settings, self.clock, self.faults, self.log, lambda: self.tell("webhook")
        )
        self.address = settings.address
        self.redirect_uri = ""
        self.zbs = ZbsLedger()
        self.sms = SmsLedger(settings.sms.wallet)
        self.story: Callable[[], dict[str, Any]] = dict
        self._waiting: dict[str, list[Callable[[], None]]] = {}
        self.changed = False

    def listens_on(self, addresses: Sequence[Any]) -> None:
        """Take over the real port when the settings left the choice to the system."""
        if self.settings.port == 0 and addresses:
            self.address = replace(self.settings, port=addresses[0][1]).address

    def log(self, entry: Logged) -> None:
        """Note one HTTP request and show it."""
        self.requests.add(entry)
        if self.stream.heard:
            self.stream.tell("request", entry.seen())

    def show(self, bubble: Bubble) -> None:
        """Tell the pages of a new or changed bubble."""
        self.changed = True
        if self.stream.heard:
            self.stream.tell("message", bubble.seen())

    def person_changed(self, person: Person) -> None:
        """Tell the pages that a person is no longer as before."""
        self.changed = True
        if self.stream.heard:
            self.stream.tell("person", person.seen(self.clock.now()))

    def show_parcel(self, parcel: Parcel) -> None:
        """Tell the pages of a new or moved parcel."""
        self.changed = True
        if self.stream.heard:
            self.stream.tell("parcel", parcel.seen())

    def interacted(self, person: Person) -> None:
        """Refresh the person's last interaction (manual 2.7)."""
        person.last_interaction = self.clock.now()
        self.person_changed(person)

    def tell(self, name: str) -> None:
        """Tell the pages that the clock, the webhook or the tokens have changed."""
        self.changed = True
        if self.stream.heard:
            shapes = {"clock": self.clock_seen, "webhook": self.webhooks.seen}
            self.stream.tell(name, shapes[name]())

    def when_back(self, person: Person, arrive: Callable[[], None]) -> None:
        """Let something reach the person's phone: now, or when they are no longer away."""
        if person.away:
            self._waiting.setdefault(person.uid, []).append(arrive)
        else:
            arrive()

    def is_back(self, person: Person) -> None:
        """The phone is switched on again: what has waited for it arrives, oldest first."""
        for arrive in self._waiting.pop(person.uid, []):
            arrive()

    def emit_later(self, seconds: float, event: Event) -> None:
        """Emit an event after some time on the sandbox's clock."""
        self.clock.call_after(seconds, lambda: self.webhooks.emit(event))

    def keep_attachment(self, content: bytes, name: str) -> tuple[Kept, str]:
        """Store what a citizen sent; gives the file and its address."""
        life = -1 if self.faults.take("media_expired") else ATTACHMENT_LIFE
        kept = self.media.keep(content, name, self.clock.now() + life)
        return kept, self.media_url(kept)

    def media_url(self, kept: Kept) -> str:
        """The address of a stored file."""
        return f"{self.address}/media/{kept.id}"

    def clock_seen(self) -> dict[str, Any]:
        """The clock as the page and the control API show it."""
        now = self.clock.now()
        return {"now": shown(now), "offset_seconds": round(self.clock.offset, 3)}

    def state(self) -> dict[str, Any]:
        """Everything at once, for a page that has just been opened."""
        now, settings = self.clock.now(), self.settings
        tokens = self.tokens.times(now)
        return self.clock_seen() | {
            "oa": {"id": settings.oa_id, "name": OA_NAME, "verified": True},
            "people": [one.seen(now) for one in self.people],
            "messages": [one.seen() for one in self.messages.of()],
            "requests": self.requests.seen(50),
            "faults": self.faults.seen(),
            "webhook": self.webhooks.seen(),
            "tokens": {
                "issued_at": shown(tokens["issued_at"]),
                "expires_at": shown(tokens["expires_at"]),
                "alive": tokens["alive"],
            },
            "dossiers": self.dossiers.seen(),
            "parcels": self.parcels.seen(),
            "story": self.story(),
            "feed": {"configured": bool(settings.feed_key_id), "url": settings.feed_url},
        }

    def _fault_changed(self, fault: Fault) -> None:
        if fault.on and fault.name == "token_revoked":
            self.tokens.revoke()
        if fault.on and fault.name == "grant_lost":
            self.tokens.forget_grant()
        if fault.on and fault.name == "post_dead_token":
            self.post_tokens.clear()
        if self.stream.heard:
            self.stream.tell("fault", fault.seen())


WORLD = web.AppKey("world", World)
