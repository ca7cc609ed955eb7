"""A day's slips in one file: drawn once, anew after a death, kept for a day, seen by its desk."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.ask_batch import ask_batch, batch_of, forget_old_batches, open_drawn
from bot.core.counter_faults import Faults
from bot.core.staff import Actor, Role
from bot.draw_batch import LEASE, TRIES, BatchThread, draw_due
from bot.log_in import account_of
from bot.store.slip_batches import BatchState, take_batch
from bot.store.staff import staff_by_login
from tests.console.counter import TODAY, deeds, make_counter, take_in
from tests.console.desk import Desk
from tests.receipts.slip.printed import Printed
from tests.rig.child import wait_until

COUNT = 5


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = make_counter(database_url)
    clerk = desk.login(Role.CLERK, login="lan")
    for number in range(COUNT):
        take_in(clerk, name=f"Nguyễn Văn {'ABCDE'[number]}")
        desk.clock.move(minutes=1)
    return desk


def actor(desk: Desk, *agencies: str) -> Actor:
    with desk.runtime.engine.connect() as connection:
        found = staff_by_login(connection, "lan")
    assert found is not None
    return Actor(account_of(desk.runtime, found), "127.0.0.1", frozenset(agencies or ("H56.14",)))


def ask(desk: Desk) -> int:
    number = ask_batch(desk.runtime, actor(desk), "H56.14", TODAY, "A5")
    assert not isinstance(number, Faults), number
    return number


def state(desk: Desk, number: int) -> BatchState:
    found = batch_of(desk.runtime, actor(desk), number)
    assert found is not None
    return found


def printed(desk: Desk, number: int) -> Printed:
    pdf = open_drawn(desk.runtime, actor(desk), number)
    assert pdf is not None
    return Printed(pdf)


def test_all_that_was_taken_in_on_a_day_is_one_file_in_its_order(desk: Desk) -> None:
    number = ask(desk)
    assert (state(desk, number).state, state(desk, number).total) == ("waiting", COUNT)
    assert draw_due(desk.runtime)
    assert not draw_due(desk.runtime)
    told = printed(desk, number)
    assert told.pages == 2 * COUNT
    names = [told.text(2 * place).split("của Ông (Bà): ")[1][:12] for place in range(COUNT)]
    assert names == [f"Nguyễn Văn {letter}" for letter in "ABCDE"]
    done = state(desk, number)
    assert (done.state, done.done, done.fault, done.kept) == ("ready", COUNT, None, True)


def test_a_second_press_draws_no_second_file(desk: Desk) -> None:
    assert ask(desk) == ask(desk)
    draw_due(desk.runtime)
    assert ask(desk) != 1  # once it is drawn, new dossiers may be in a new one


def test_asking_and_opening_are_written_down(desk: Desk) -> None:
    number = ask(desk)
    draw_due(desk.runtime)
    printed(desk, number)
    assert [one for one in deeds(desk) if one[0].startswith("batch.")] == [
        ("batch.asked", str(number)),
        ("batch.opened", str(number)),
    ]


def test_the_file_lies_sealed_and_is_dropped_after_a_day(desk: Desk) -> None:
    number = ask(desk)
    draw_due(desk.runtime)
    with desk.runtime.engine.connect() as connection:
        stored = connection.execute(text("SELECT pdf FROM slip_batch")).scalar_one()
    assert b"%PDF" not in bytes(stored)
    desk.clock.move(hours=23)
    forget_old_batches(desk.runtime)
    assert state(desk, number).kept
    desk.clock.move(hours=2)
    forget_old_batches(desk.runtime)
    assert not state(desk, number).kept
    assert open_drawn(desk.runtime, actor(desk), number) is None
    desk.clock.move(days=31)
    forget_old_batches(desk.runtime)
    assert batch_of(desk.runtime, actor(desk), number) is None


def taken(desk: Desk) -> bool:
    """A worker takes the batch, and dies."""
    now = desk.clock()
    with desk.runtime.engine.begin() as connection:
        return take_batch(connection, now, now + LEASE) is not None


def test_what_a_dead_worker_left_is_drawn_anew_once_its_lease_ends(desk: Desk) -> None:
    number = ask(desk)
    assert taken(desk)
    assert not draw_due(desk.runtime)  # it may still be alive
    desk.clock.move(seconds=61)
    assert draw_due(desk.runtime)
    assert printed(desk, number).pages == 2 * COUNT


def test_a_batch_that_ends_its_workers_is_given_up_in_words(desk: Desk) -> None:
    number = ask(desk)
    for _ in range(TRIES):
        assert taken(desk)
        desk.clock.move(seconds=61)
    assert draw_due(desk.runtime)
    failed = state(desk, number)
    assert failed.state == "failed"
    assert "Báo quản trị" in (failed.fault or "")
    assert not draw_due(desk.runtime)


def test_a_stopping_worker_gives_the_batch_back_at_once(desk: Desk) -> None:
    number = ask(desk)
    assert draw_due(desk.runtime, stopping=lambda: True)
    assert (state(desk, number).state, state(desk, number).tries) == ("waiting", 0)
    assert draw_due(desk.runtime)
    assert state(desk, number).state == "ready"


def test_a_slip_that_cannot_be_printed_is_named_and_the_others_go_on(desk: Desk) -> None:
    with desk.runtime.engine.begin() as connection:
        connection.execute(
            text("UPDATE dossier SET code = 'H 1' WHERE code = 'H56.14-261125-0002'")
        )
    number = ask(desk)
    draw_due(desk.runtime)
    done = state(desk, number)
    assert (done.state, done.fault) == ("ready", "Không in được: H 1.")
    assert printed(desk, number).pages == 2 * (COUNT - 1)


@pytest.mark.parametrize(
    ("ask_for", "field", "words"),
    [
        (lambda desk: ("H56.14", TODAY - timedelta(days=1), "A5"), "day", "không tiếp nhận hồ sơ"),
        (lambda desk: ("H56.15", TODAY, "A5"), "agency", "phạm vi"),
        (lambda desk: ("H56.14", TODAY, "A3"), "paper", "A5 hoặc A4"),
    ],
)
def test_what_cannot_be_drawn_is_said_at_once(
    desk: Desk, ask_for: Callable[[Desk], tuple[str, object, str]], field: str, words: str
) -> None:
    code, day, paper = ask_for(desk)
    outcome = ask_batch(desk.runtime, actor(desk), code, day, paper)  # type: ignore[arg-type]
    assert isinstance(outcome, Faults)
    assert words in outcome.fields[field]


def test_another_agencys_batch_is_as_if_it_were_not_there(desk: Desk) -> None:
    number = ask(desk)
    draw_due(desk.runtime)
    stranger = actor(desk, "H56.15")
    assert batch_of(desk.runtime, stranger, number) is None
    assert open_drawn(desk.runtime, stranger, number) is None


def test_a_thread_draws_beside_the_lane_and_ends_when_told(desk: Desk) -> None:
    number = ask(desk)
    thread = BatchThread(desk.runtime)
    thread.start()
    thread.wake()
    wait_until(lambda: state(desk, number).state == "ready", "the batch", timeout=20)
    thread.stop(5)
