"""Random histories through the real register and notifier, deaths included: the books close."""

from datetime import date, timedelta
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis.stateful import rule, run_state_machine_as_test

from bot.keep_books import keep_books
from bot.reckon_day import Reckoned, reckon_day
from bot.reconcile import reconcile
from tests.bot.test_notice_machine import EVERY_DAY, NoticeMachine
from tests.make import fresh_schema
from tests.rig.examples import examples

START = date(2026, 11, 25)


class BooksMachine(NoticeMachine):
    """All that may befall notices, with books that are kept at any moment."""

    url: ClassVar[str] = ""

    def set_back(self, hours: int) -> None:
        """Clocks that are set back across a midnight write into a day that is over."""

    @rule()
    def keep(self) -> None:
        """The timed job runs."""
        keep_books(self.world.runtime)

    @rule()
    def over_midnight(self) -> None:
        """A day ends, and nobody works until the morning."""
        local = self.world.now + timedelta(hours=7)
        morning = (local + timedelta(days=1)).replace(hour=0, minute=15)
        self.world.stage.clock.moment = morning - timedelta(hours=7)
        keep_books(self.world.runtime)

    def _check_ends(self) -> None:
        super()._check_ends()
        self.world.stage.clock.move(hours=1)
        while len(keep_books(self.world.runtime)) > 1:
            pass
        last = (self.world.now + timedelta(hours=7)).date()
        for number in range((last - START).days):
            day = START + timedelta(days=number)
            found = reconcile(self.world.runtime, day)
            assert found.frozen
            assert found.closes, found
            assert reckon_day(self.world.runtime, day) == self._reckoned_at_once(day)

    def _reckoned_at_once(self, day: date) -> Reckoned:
        """The same day with all dossiers in memory together."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.reckon_day.AT_ONCE", 1_000)
            return reckon_day(self.world.runtime, day)


@pytest.fixture(autouse=True)
def _every_look_is_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one worker found out of a carrier is known to the other one at its next turn."""
    monkeypatch.setattr("bot.hold.LOOK_EVERY", 1e9)
    monkeypatch.setattr("bot.notify.GRANT_SECONDS", 0.0)
    monkeypatch.setattr("bot.reckon_day.AT_ONCE", 1)  # dossier by dossier, as if there were many
    monkeypatch.setattr("bot.reckon_day.MOST_STRETCHES", 1_000)


@pytest.mark.timeout(400)
def test_the_books_close_after_any_history() -> None:
    run_state_machine_as_test(BooksMachine, settings=settings(EVERY_DAY, max_examples=examples(20)))


@pytest.mark.timeout(400)
def test_they_do_so_on_postgresql_too(postgres_url: str) -> None:
    class OnPostgres(BooksMachine):
        url = postgres_url

    fresh_schema(postgres_url)
    run_state_machine_as_test(OnPostgres, settings=settings(EVERY_DAY, max_examples=examples(6)))
