"""A province in small for announcements: staff, followers, and a Zalo that answers as wished."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, func, insert, select

from bot.agencies import add_agency
from bot.announce import Announcer
from bot.announcement_roads import Roads
from bot.approve_announcement import approve, ask_for_approval
from bot.ceiling import Ceiling
from bot.channels.channel import Again, SendFailed, Sent
from bot.channels.zalo_announce import AnnouncementChannel, Article, ChatTelling
from bot.channels.zalo_template import TemplateChannel, TemplateTaken
from bot.core.announcement import Audience, Content, Road, State
from bot.core.phone import Phone
from bot.core.staff import Account, Actor, Role
from bot.hold import Hold
from bot.notice_send import BY_PHONE, WALLET, ZALO
from bot.prices import load_prices
from bot.run_announcement import release
from bot.runtime import Runtime
from bot.staff import Added, NewAccount, add_account
from bot.store.announcement_tables import announcement_recipient, announcement_tally
from bot.store.announcements import StoredAnnouncement
from bot.store.tables import follower
from bot.write_announcement import (
    NOTHING,
    Enclosed,
    Saved,
    begin_announcement,
    read_announcement,
    save_announcement,
)
from tests.make import HandClock, ListBell, make_runtime

TITLE = "Lịch tiếp công dân tháng 12"
TEXT = "Bộ phận Một cửa mời Ông/Bà xem lịch tiếp công dân tháng 12/2026 tại trang của tỉnh."
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
TEMPLATE = {"zalo_announcement_template": {"id": "412299", "params": {"tieu_de": "{title}"}}}
PASSWORD = "bốn mùa hoa phượng nở"


@dataclass(slots=True)
class Zalo:
    """Zalo's side: `asked` is every call as (call, whom or what), `taken` whom it told."""

    script: deque[Callable[[], None] | None] = field(default_factory=deque)
    asked: list[tuple[str, str]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    before: Callable[[str], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, user_id: str, told: ChatTelling) -> Sent:
        """A chat message."""
        self._answer("chat", user_id)
        with self._lock:
            self.texts.append(told.text)
        return self._take(user_id)

    def by_uid(self, user_id: str, template_id: str, data: Any) -> TemplateTaken:
        """A template to a user."""
        self._answer("template_uid", user_id)
        return TemplateTaken(self._take(user_id).carrier_id, None, None, "0", "")

    def by_phone(self, phone: Phone, template_id: str, data: Any, tracking: str) -> TemplateTaken:
        """A template to a phone."""
        self._answer("template_phone", phone.e164)
        return TemplateTaken(self._take(phone.e164).carrier_id, None, None, "0", "")

    def upload(self, content: bytes, kind: str) -> str:
        """A picture."""
        self._answer("upload", kind)
        return f"picture-{len(self.asked)}"

    def create_article(self, article: Article) -> str:
        """An article."""
        self._answer("create", article.title)
        self.articles.append(article)
        return "token-1"

    def verify_article(self, token: str) -> str:
        """Is it ready."""
        self._answer("verify", token)
        return "article-1"

    def broadcast(self, article_id: str) -> Sent:
        """To all followers."""
        self._answer("broadcast", article_id)
        return self._take("*")

    def refuse(self, again: Again, code: str = "", times: int = 1) -> None:
        """The next calls are answered so."""

        def answer() -> None:
            raise SendFailed(again, "as the script says", code)

        self.script.extend([answer] * times)

    def _answer(self, call: str, what: str) -> None:
        with self._lock:
            self.asked.append((call, what))
            answer = self.script.popleft() if self.script else None
        if self.before is not None:
            self.before(what)
        if answer is not None:
            answer()

    def _take(self, whom: str) -> Sent:
        with self._lock:
            self.taken.append(whom)
            return Sent(f"z{len(self.taken)}")


@dataclass(slots=True)
class Stage:
    """A runtime with two agencies, a writer and an approver."""

    runtime: Runtime
    clock: HandClock
    zalo: Zalo
    writer: Actor
    approver: Actor
    announcers: list[Announcer] = field(default_factory=list)

    def follow(
        self,
        count: int,
        head: str = "u",
        wrote: timedelta | None = timedelta(hours=1),
        following: bool = True,
    ) -> list[str]:
        """So many followers, who wrote so long ago (None: never)."""
        now = self.clock()
        users = [f"{head}{number:05d}" for number in range(count)]
        rows = [
            {
                "user_id": user,
                "following": following,
                "first_seen_at": now,
                "followed_at": now - timedelta(days=30),
                "unfollowed_at": None if following else now - timedelta(days=1),
                "last_interaction_at": None if wrote is None else now - wrote,
            }
            for user in users
        ]
        with self.runtime.engine.begin() as connection:
            connection.execute(insert(follower), rows)
        return users

    def write(self, enclosed: Enclosed = NOTHING, **changes: Any) -> StoredAnnouncement:
        """A draft of the writer's; `changes` by the content's fields."""
        made = begin_announcement(self.runtime, self.writer, "H56.14")
        assert made is not None
        content = Content(agency="H56.14", title=TITLE, text=TEXT, audience=Audience())
        content = replace(content, **changes)
        saved = save_announcement(self.runtime, self.writer, made, 1, content, enclosed)
        assert isinstance(saved, Saved), saved
        return self.read(made)

    def approved(self, enclosed: Enclosed = NOTHING, **changes: Any) -> StoredAnnouncement:
        """One that the approver approved."""
        found = self.write(enclosed, **changes)
        assert ask_for_approval(self.runtime, self.writer, found.id, found.revision) is None
        assert approve(self.runtime, self.approver, found.id, found.revision) is None
        return self.read(found.id)

    def released(self, enclosed: Enclosed = NOTHING, **changes: Any) -> StoredAnnouncement:
        """One that goes out from now on."""
        found = self.approved(enclosed, **changes)
        assert release(self.runtime, self.writer, found.id, found.revision, repeat=True) is None
        return self.read(found.id)

    def read(self, announcement_id: int) -> StoredAnnouncement:
        """How it stands."""
        found = read_announcement(self.runtime, self.writer, announcement_id)
        assert found is not None
        return found

    def state(self, found: StoredAnnouncement) -> State:
        """In which state it is."""
        return self.read(found.id).state

    def announcer(self, threads: int = 4, redis_url: str = "") -> Announcer:
        """A worker's announcer, with books of its own."""
        settings = self.runtime.settings.model_copy(
            update={"redis_url": redis_url, "zalo_calls_per_minute": 4000}
        )
        made = Announcer(self.runtime, self.roads(), _NoLimit(settings), threads)
        self.announcers.append(made)
        return made

    def roads(self) -> Roads:
        """The roads to this Zalo."""
        return Roads(
            runtime=self.runtime,
            channel=cast(AnnouncementChannel, self.zalo),
            templates=cast(TemplateChannel, self.zalo),
            holds={name: Hold(self.runtime, name) for name in (ZALO, WALLET, BY_PHONE)},
            prices=load_prices(),
            key=b"0" * 32,
        )

    def send_all(self) -> None:
        """Turn a worker's announcer until nothing is due."""
        announcer = self.announcer()
        drain(announcer)
        announcer.stop()

    def rows(self, found: StoredAnnouncement, turn: int = 0) -> list[Row[Any]]:
        """Its recipients, in the order they were planned."""
        chosen = (
            select(announcement_recipient)
            .where(
                announcement_recipient.c.announcement_id == found.id,
                announcement_recipient.c.turn == turn,
            )
            .order_by(announcement_recipient.c.id)
        )
        with self.runtime.engine.connect() as connection:
            return list(connection.execute(chosen))

    def tally(self, found: StoredAnnouncement) -> dict[tuple[str, str, str], int]:
        """What the tally says: (road, state, code) to count, zeros left out."""
        with self.runtime.engine.connect() as connection:
            rows = connection.execute(
                select(announcement_tally).where(announcement_tally.c.announcement_id == found.id)
            ).all()
        counts = {(row.road, row.state, row.code): row._mapping["count"] for row in rows}
        return {key: int(count) for key, count in counts.items() if count}

    def counted(self, found: StoredAnnouncement) -> dict[tuple[str, str, str], int]:
        """The same, counted anew from the recipients."""
        told = announcement_recipient.c
        shown = func.coalesce(told.code, "")
        with self.runtime.engine.connect() as connection:
            rows = connection.execute(
                select(
                    told.road,
                    told.state,
                    shown,
                    told.due_at.is_(None),
                    told.received_at,
                    told.seen_at,
                ).where(told.announcement_id == found.id, told.turn == 0)
            ).all()
        counts: dict[tuple[str, str, str], int] = {}
        for road, state, code, closed, received_at, seen_at in rows:
            keys = [(road, state, code) if closed else (road, "waiting", "")]
            keys += [(road, "received", "")] if received_at else []
            keys += [(road, "seen", "")] if seen_at else []
            for key in keys:
                counts[key] = counts.get(key, 0) + 1
        return counts


class _NoLimit(Ceiling):
    """A ceiling that is never reached."""

    def take(self, wanted: int, lane: str = "chat") -> int:
        return max(0, wanted) if not self.paused() else 0


def drain(announcer: Announcer) -> None:
    """Turn it until nothing is due."""
    while announcer.turn():
        pass


def actor_of(runtime: Runtime, login: str, *roles: Role, agencies: frozenset[str]) -> Actor:
    """An account made for the test."""
    added = add_account(runtime, None, NewAccount(login, frozenset(roles), "H56"), PASSWORD)
    assert isinstance(added, Added), added
    account: Account = added.account
    return Actor(account, "127.0.0.1", agencies)


def make_stage(database_url: str, **settings: Any) -> Stage:
    """A stage at nine in the morning."""
    clock = HandClock()
    runtime = make_runtime(database_url, clock, ListBell(), **settings)
    for code, name, parent in (
        ("H56", "UBND tỉnh", None),
        ("H56.14", "UBND thành phố Nha Trang", "H56"),
        ("H56.15", "UBND huyện Vạn Ninh", "H56"),
    ):
        add_agency(runtime, code, name, parent=parent)
    agencies = frozenset({"H56", "H56.14", "H56.15"})
    writer = actor_of(runtime, "writer", Role.ANNOUNCER, agencies=agencies)
    approver = actor_of(runtime, "approver", Role.APPROVER, agencies=agencies)
    return Stage(runtime, clock, Zalo(), writer, approver)


def at(hour: int, days: int = 0) -> datetime:
    """An hour of the stage's day, local."""
    return datetime.fromisoformat(f"2026-11-{25 + days}T{hour:02d}:00:00+07:00")


CHAT_ONLY = (Road.CHAT,)
