"""Random feeds, receipts, faults, deaths and clocks: nothing is lost, nobody is told twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import insert, update

from bot.channels.channel import Again
from bot.core.receipt import DeliveryReceipt, Reported
from bot.core.snapshot import Ticks, Times
from bot.database import make_engine
from bot.notice_record import one_time_code_record
from bot.stop_following import stop
from bot.store.notices import owe_notices
from bot.store.phone_links import open_link
from bot.store.tables import follower, metadata
from bot.take_receipts import take_receipts
from bot.talk import Talk
from tests.bot.notice_facts import Dossier, earns
from tests.bot.notice_stage import make_stage
from tests.bot.notice_world import Fault, World
from tests.make import fresh_schema
from tests.rig.examples import examples

USERS = ("mother", "son")
PHONES = ("0905123456", "0905123456", "0912345678", "02583822222", "")
STEPS = ("Thẩm định", "Trình ký", "Trả kết quả")
WAYS = ("zalo", "uid", "zbs", "esms")
WHEN = ("new", "new", "new", "same", "stale")
CODES = ("000.00.17.H32-261122-0001", "000.00.17.H32-261122-0002")
FAULTS = (
    (None, ""),
    (None, "HTTP 502"),
    (Again.LATER, ""),
    (Again.LATER, "-100"),
    (Again.LATER, "-144"),
    (Again.LATER, "-133"),
    (Again.PAUSE, "-32"),
    (Again.NEVER, "-77777"),
    (Again.CLOSED, "-118"),
    (Again.CLOSED, "-230"),
    (Again.HALT, "-216"),
    (Again.HALT, "-137"),
    (Again.UNSURE, "HTTP 500"),
)
START = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # nine in the morning in Vietnam
DUE = START + timedelta(days=10)
WORKERS = st.integers(0, 1)
NEWS = st.sampled_from((3, 4, 5, 6, 8))


class NoticeMachine(RuleBasedStateMachine):
    """Two dossiers, two citizens, two workers, and everything that may befall them."""

    url: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(prefix="notices-")
        url = self.url or f"sqlite:///{Path(self._folder.name) / 'bot.db'}"
        if self.url:
            _emptied(self.url)
        self.world = World(make_stage(url, START))
        self.codes_asked = 0
        for number, code in enumerate(CODES, start=1):
            told = Dossier(code, 4, STEPS[0], False, self.world.now, PHONES[0])
            self._tell(told)
            self.world.dossiers[number] = told
        with self.world.runtime.engine.begin() as connection:
            for user in USERS:
                connection.execute(insert(follower).values(user_id=user, following=True,
                    first_seen_at=START, last_interaction_at=START))  # fmt: skip

    def _tell(self, told: Dossier) -> None:
        self.world.stage.feed(
            told.status, told.step, code=told.code, at_desk=told.at_desk,
            changed_at=told.changed_at, phone=told.phone or None, times=Times(due_at=DUE),
            notify=Ticks(zalo=told.zalo, sms=told.sms),
        )  # fmt: skip

    # What the one-stop desk does

    @rule(
        number=st.integers(1, len(CODES)), status=st.sampled_from((2, 3, 4, 5, 6, 7, 8, 9, 9, 10)),
        step=st.sampled_from(STEPS), at_desk=st.booleans(), when=st.sampled_from(WHEN),
    )  # fmt: skip
    def feed(self, number: int, status: int, step: str, at_desk: bool, when: str) -> None:
        """A dossier moves, and nobody works yet."""
        self._change(number, when, status=status, step=step, at_desk=at_desk)

    @rule(number=st.integers(1, len(CODES)), status=NEWS)
    def news(self, number: int, status: int) -> None:
        """A dossier moves, and a worker hears of it at once."""
        self._change(number, "new", status=status, step=STEPS[0], at_desk=True)
        self.world.work(0)

    @rule(number=st.integers(1, len(CODES)), ready=st.booleans())
    def result(self, number: int, ready: bool) -> None:
        """A result is ready, or taken back, and a worker hears of it at once."""
        status, step = (9, STEPS[2]) if ready else (4, STEPS[0])
        self._change(number, "new", status=status, step=step, at_desk=ready)
        self.world.work(0)

    @rule(
        number=st.integers(1, len(CODES)), phone=st.sampled_from(PHONES),
        zalo=st.booleans(), sms=st.booleans(), when=st.sampled_from(WHEN),
    )  # fmt: skip
    def correct(self, number: int, phone: str, zalo: bool, sms: bool, when: str) -> None:
        """The desk corrects a phone or the ticks."""
        self._change(number, when, phone=phone, zalo=zalo, sms=sms)

    def _change(self, number: int, when: str, **changes: Any) -> None:
        was = self.world.dossiers[number]
        moment = {
            "new": max(self.world.now, was.changed_at + timedelta(minutes=1)),
            "same": was.changed_at,
            "stale": was.changed_at - timedelta(minutes=1),
        }[when]
        if moment > self.world.now + timedelta(hours=23) or self.world.is_queued():
            return
        told = replace(was, changed_at=moment, **changes)
        before = self.world.stage.notices()
        self._tell(told)
        owed = {row.event for row in self._notices_of(number, moment)}
        new = {row.event for row in self.world.stage.notices()[len(before) :]}
        earned = earns(was, told) if when != "stale" else set()
        # What reached nobody is owed again to a corrected number.
        again = {
            row.event
            for row in before
            if row.dossier_id == number and row.state in ("failed", "skipped") and not earned
        }
        if not new <= earned | again or (
            earned and "correction" not in earned and not owed & earned
        ):
            self.world.wrong.append(f"{was} {told} earned {earned}, not {new}")
        if when != "stale":
            self.world.dossiers[number] = told
        self.world.note()

    def _notices_of(self, number: int, moment: datetime) -> list[Any]:
        rows = self.world.stage.notices()
        return [row for row in rows if (row.dossier_id, row.changed_at) == (number, moment)]

    # What citizens do

    @rule(user=st.sampled_from(USERS))
    def write(self, user: str) -> None:
        """A citizen writes to the page."""
        with self.world.runtime.engine.begin() as connection:
            connection.execute(update(follower).where(follower.c.user_id == user)
                .values(last_interaction_at=self.world.now))  # fmt: skip

    @rule(user=st.sampled_from(USERS), phone=st.sampled_from(PHONES[1:3]))
    def link_or_stop(self, user: str, phone: str) -> None:
        """A citizen proves a phone; who has one wants no more."""
        if user in self.world.linked:
            self._stop(user)
            return
        stage = self.world.stage
        sealed = stage.runtime.vault.seal("+84" + phone[1:])
        values = {"user_id": user, "phone_index": stage.index(phone), "phone": sealed,
                  "how": "sms", "proved_at": self.world.now}  # fmt: skip
        with stage.runtime.engine.begin() as connection:
            open_link(connection, values)
        self.world.linked[user] = phone

    def _stop(self, user: str) -> None:
        if self.world.is_queued():  # what is on its way cannot be called back
            return
        now = self.world.now + timedelta(days=30)  # a clock set back since must not keep a link
        with self.world.runtime.engine.begin() as connection:
            stop(Talk(self.world.runtime, connection, user, now, now, now))
        del self.world.linked[user]

    @rule()
    def ask_for_a_code(self) -> None:
        """A citizen asks for a one-time code."""
        self.codes_asked += 1
        stage = self.world.stage
        seal = stage.runtime.vault.seal
        row = one_time_code_record(
            self.codes_asked, seal("+84905123456"), seal("123456"), stage.index().hex(),
            self.world.now, timedelta(minutes=10),
        )  # fmt: skip
        with stage.runtime.engine.begin() as connection:
            owe_notices(connection, [row])

    # What carriers do

    @rule(
        way=st.sampled_from(WAYS), fault=st.sampled_from(FAULTS),
        times=st.sampled_from((1, 1, 2, 3, 1000)), number=st.integers(1, len(CODES)), status=NEWS,
    )  # fmt: skip
    def fault(
        self, way: str, fault: tuple[Again | None, str], times: int, number: int, status: int
    ) -> None:
        """A carrier falls ill, just when there is news."""
        self.world.faults[way] = Fault(*fault, times)
        self.news(number, status)

    @rule()
    def heal(self) -> None:
        """All carriers work."""
        self.world.faults.clear()

    @precondition(lambda self: self.world.texts and not self.world.is_queued())
    @rule(place=st.integers(0, 3), state=st.sampled_from(Reported), by_request=st.booleans())
    def receipt(self, place: int, state: Reported, by_request: bool) -> None:
        """A carrier reports of one of its last texts, for the first time or again."""
        texts = self.world.texts
        self.world.report(texts[-1 - place % len(texts)], state, by_request)

    @rule(state=st.sampled_from(Reported))
    def early_receipt(self, state: Reported) -> None:
        """The next report comes before the answer."""
        self.world.early = state

    @rule(state=st.sampled_from(Reported), ref=st.sampled_from(("zbs-1", "nobody", "esms-1")))
    def strange_receipt(self, state: Reported, ref: str) -> None:
        """A report of what is not that carrier's."""
        told = DeliveryReceipt("vietguys", (ref,), state, self.world.now)
        take_receipts(self.world.runtime, [told])

    @precondition(lambda self: self.world.lost_chats() and not self.world.is_queued())
    @rule()
    def echo(self) -> None:
        """Zalo repeats to us the chat messages whose answers were lost."""
        for text in self.world.lost_chats():
            self.world.echo(text)

    # What workers and clocks do

    @rule(number=WORKERS)
    def work(self, number: int) -> None:
        """A worker does what is due."""
        self.world.work(number)

    @rule(number=st.integers(1, len(CODES)), status=NEWS, worker=WORKERS, queued=st.booleans())
    def begin(self, number: int, status: int, worker: int, queued: bool) -> None:
        """A dossier moves; a worker claims and sends, and writes nothing down yet."""
        self._change(number, "new", status=status, step=STEPS[0], at_desk=True)
        self.world.begin(worker, queued)

    @rule(number=WORKERS, calls=st.integers(-1, 2), after=st.booleans())
    def die(self, number: int, calls: int, after: bool) -> None:
        """A worker dies amid its calls, before or after the carrier took the text; or idle."""
        if calls >= 0:
            self.world.calls_to_live, self.world.dies_after = calls, after
            self.world.work(number)
            self.world.calls_to_live = None
        self.world.kill(number)

    @rule(minutes=st.sampled_from((1, 3, 10, 14, 16, 30, 61)), number=WORKERS)
    def soon(self, minutes: int, number: int) -> None:
        """A little time passes, and somebody works."""
        self.later(minutes, number)

    @rule(minutes=st.sampled_from((239, 241, 241, 500, 24 * 60)), number=WORKERS)
    def later(self, minutes: int, number: int) -> None:
        """Hours pass, and somebody works."""
        self.world.stage.clock.move(minutes=minutes)
        self.world.work(number)

    @rule(edge=st.sampled_from((7, 21)), seconds=st.sampled_from((-1, 0, 1, 900)))
    def to_an_edge(self, edge: int, seconds: int) -> None:
        """It is nearly seven, or nine in the evening."""
        local = self.world.now + timedelta(hours=7)
        moment = local.replace(hour=edge, minute=0, second=0, microsecond=0)
        moment += timedelta(days=moment <= local, seconds=seconds)
        self.world.stage.clock.moment = moment - timedelta(hours=7)

    @rule(hours=st.sampled_from((1, 5, 26)))
    def set_back(self, hours: int) -> None:
        """The clock of the machine is set back."""
        if not self.world.is_queued():
            self.world.stage.clock.move(hours=-hours)

    # What must hold

    @invariant()
    def nothing_went_wrong(self) -> None:
        """No text broke a rule."""
        assert not self.world.wrong, "\n".join(self.world.wrong)

    def teardown(self) -> None:
        """With healthy carriers everything comes to its end within 72 hours, as it should."""
        try:
            if not self.world.wrong:
                self._settle()
                self.nothing_went_wrong()
                self._check_ends()
        finally:
            self.world.runtime.engine.dispose()
            self._folder.cleanup()

    def _settle(self) -> None:
        world = self.world
        world.faults.clear()
        world.calls_to_live = world.early = None
        began = world.now
        still_open = {row.id for row in world.stage.notices() if row.due_at}
        for _ in range(400):
            for number in range(len(world.workers)):
                world.work(number)
            due = [row.due_at for row in world.stage.notices() if row.due_at]
            if not due:
                break
            world.stage.clock.moment = max(world.now + timedelta(seconds=1), min(due))
        for row in world.stage.notices():
            latest = max(row.expires_at, began) + timedelta(minutes=1)
            assert row.due_at is None, f"never closed: {row}"
            assert row.id not in still_open or row.closed_at <= latest, f"closed too late: {row}"

    def _check_ends(self) -> None:
        attempts = {row.request_id: row for row in self.world.stage.attempts()}
        assert not [row for row in attempts.values() if row.state == "sending"], "nobody knows"
        for text in self.world.texts:
            if text.unsure and not text.arrived and not text.failed:
                assert attempts[text.request].state == "unsure", text
        for row in self.world.stage.notices():
            texts = [one for one in self.world.texts if one.notice == row.id]
            arrived = any(one.arrived for one in texts)
            doubtful = any(one.doubtful for one in texts)
            assert doubtful or arrived == (row.state == "delivered"), f"{row} {texts}"
            if row.state == "sent":
                assert any(one.answered for one in texts), f"{row} {texts}"


def _emptied(url: str) -> None:
    """A database as it was before anything happened."""
    engine = make_engine(url)
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with engine.begin() as connection:
        # without the guards of the tables that are only added to
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    engine.dispose()


EVERY_DAY = settings(
    max_examples=examples(40), stateful_step_count=40, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _every_look_is_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one worker found out of a carrier is known to the other one at its next turn."""
    monkeypatch.setattr("bot.hold.LOOK_EVERY", 1e9)
    monkeypatch.setattr("bot.notify.GRANT_SECONDS", 0.0)


@pytest.mark.timeout(400)
def test_nothing_is_lost_and_nobody_is_told_twice() -> None:
    run_state_machine_as_test(NoticeMachine, settings=EVERY_DAY)


@pytest.mark.timeout(400)
def test_it_is_so_on_postgresql_too(postgres_url: str) -> None:
    class OnPostgres(NoticeMachine):
        url = postgres_url

    fresh_schema(postgres_url)
    run_state_machine_as_test(OnPostgres, settings=settings(EVERY_DAY, max_examples=examples(10)))
