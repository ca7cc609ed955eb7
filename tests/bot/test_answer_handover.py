"""A clerk answers a talk: once, within the window, and nobody speaks over another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.answer_handover import (
    Done,
    Refused,
    Why,
    close_handover,
    pass_handover,
    plain_text,
    room,
    take_handover,
)
from bot.core.staff import Actor
from bot.deliver import Pump
from bot.messages import messages_about
from bot.show_talks import list_talks, talks_waiting
from bot.store.counter_tables import audit_entry
from bot.store.tables import outbox
from tests.bot.post import Post, drain, make_pump
from tests.conversation import CODE, House, make_house
from tests.make import ListBell
from tests.proving import stored
from tests.talks import ANSWER, answer, make_clerk, only_talk, shown, tell

HOUR = timedelta(hours=1)


@pytest.fixture
def house(database_url: str) -> House:
    house = make_house(database_url, sms_gateway="esms")
    house.feed()
    return house


@pytest.fixture
def clerk(house: House) -> Actor:
    return make_clerk(house)


@pytest.fixture
def number(house: House, clerk: Actor) -> int:
    """A talk that waits for an answer."""
    tell(house, f"gặp cán bộ {CODE}")
    return only_talk(house, clerk).id


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def pump(house: House, post: Post) -> Iterator[Pump]:
    pump = make_pump(house.runtime, post)
    yield pump
    pump.stop()


def deeds(house: House) -> list[tuple[str, str, str | None]]:
    """What staff did to which talk."""
    rows = [one for one in stored(house, audit_entry) if one["about"] == "handover"]
    return [(row["action"], row["login"], row["about_key"]) for row in rows]


def test_an_answer_reaches_the_citizen_marked_with_its_desk(
    house: House, clerk: Actor, number: int, post: Post, pump: Pump
) -> None:
    assert answer(house, clerk, number) == Done()
    drain(pump)
    assert post.taken[-1] == f"Cán bộ UBND phường Mẫu: {ANSWER}"
    [line] = [one for one in shown(house, clerk, number).lines if one.by]
    assert (line.by, line.text, line.state) == ("Nguyễn Thị lan", ANSWER, "delivered")
    assert isinstance(house.runtime.bell, ListBell)
    assert "chat" in house.runtime.bell.rung


def test_an_answer_is_written_down_without_its_words(
    house: House, clerk: Actor, number: int
) -> None:
    answer(house, clerk, number)
    [entry] = [one for one in stored(house, audit_entry) if one["about"] == "handover"]
    assert (entry["action"], entry["about"], entry["about_key"], entry["agency_code"]) == (
        "handover.answered", "handover", str(number), "H56.14",
    )  # fmt: skip
    assert "thực địa" not in str(entry)


def test_an_answer_stands_among_the_messages_about_its_dossier(
    house: House, clerk: Actor, number: int
) -> None:
    answer(house, clerk, number)
    told = messages_about(house.runtime, CODE)
    assert told is not None
    assert "clerk" in [one.event for one in told]


def test_one_press_is_one_message(house: House, clerk: Actor, number: int) -> None:
    before = len(house.owed())
    assert answer(house, clerk, number) == Done()
    assert answer(house, clerk, number) == Done(again=True)
    assert len(house.owed()) == before + 1
    assert answer(house, clerk, number, press="p2") == Done()
    assert len(house.owed()) == before + 2


def test_a_press_counts_once_however_many_arrive_at_once(
    house: House, clerk: Actor, number: int
) -> None:
    before = len(house.owed())
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: answer(house, clerk, number), range(4)))
    assert done.count(Done()) == 1
    assert done.count(Done(again=True)) == 3
    assert len(house.owed()) == before + 1


def test_two_clerks_at_once_do_not_both_answer(house: House, clerk: Actor, number: int) -> None:
    clerks = [clerk, make_clerk(house, "mai")]
    before = len(house.owed())
    with ThreadPoolExecutor(2) as pool:
        done = list(
            pool.map(lambda one: answer(house, one, number, press=one.account.login), clerks)
        )
    assert Done() in done
    [refused] = [one for one in done if isinstance(one, Refused)]
    assert refused.why is Why.HELD
    assert len(house.owed()) == before + 1


def test_who_answers_first_holds_the_talk_until_another_takes_it(
    house: House, clerk: Actor, number: int
) -> None:
    mai = make_clerk(house, "mai")
    answer(house, clerk, number)
    assert only_talk(house, mai).holder == "Nguyễn Thị lan"
    assert answer(house, mai, number, press="m") == Refused(Why.HELD, holder="lan")
    held_by = shown(house, mai, number).held_by
    assert take_handover(house.runtime, mai, number, held_by) == Done()
    assert answer(house, mai, number, press="m") == Done()
    assert answer(house, clerk, number, press="l") == Refused(Why.HELD, holder="mai")
    assert deeds(house) == [
        ("handover.answered", "lan", str(number)),
        ("handover.taken", "mai", str(number)),
        ("handover.answered", "mai", str(number)),
    ]


def test_a_talk_is_taken_only_off_the_one_who_was_seen_to_hold_it(
    house: House, clerk: Actor, number: int
) -> None:
    mai = make_clerk(house, "mai")
    assert take_handover(house.runtime, clerk, number, None) == Done()
    assert take_handover(house.runtime, mai, number, None) == Refused(Why.HELD, holder="lan")
    assert take_handover(house.runtime, clerk, number, None) == Done(again=True)


def test_a_talk_is_handed_to_a_clerk_of_its_desk_or_back_to_all(
    house: House, clerk: Actor, number: int
) -> None:
    mai = make_clerk(house, "mai")
    take_handover(house.runtime, clerk, number, None)
    me = clerk.account.id
    assert pass_handover(house.runtime, clerk, number, me, mai.account.id) == Done()
    assert only_talk(house, mai).mine
    assert pass_handover(house.runtime, mai, number, mai.account.id, None) == Done()
    assert only_talk(house, mai).holder == ""
    assert pass_handover(house.runtime, mai, number, None, 999) == Refused(Why.NO_CLERK)


def test_another_agencys_talk_is_as_unknown_as_none(
    house: House, clerk: Actor, number: int
) -> None:
    stranger = Actor(clerk.account, "127.0.0.1", frozenset({"H56.15"}))
    assert list_talks(house.runtime, stranger).open == []
    assert talks_waiting(house.runtime, stranger) == 0
    for other in (number, 999):
        assert answer(house, stranger, other) == Refused(Why.UNKNOWN)
        assert close_handover(house.runtime, stranger, other, "", "p") == Refused(Why.UNKNOWN)
        assert take_handover(house.runtime, stranger, other, None) == Refused(Why.UNKNOWN)
    assert deeds(house) == []


# The window


def test_after_48_hours_nothing_goes_until_the_citizen_writes_again(
    house: House, clerk: Actor, number: int
) -> None:
    until = house.clock() + 48 * HOUR
    house.clock.moment += 48 * HOUR - timedelta(seconds=1)
    assert only_talk(house, clerk).answerable
    house.clock.moment += timedelta(seconds=1)
    assert not only_talk(house, clerk).answerable
    assert answer(house, clerk, number) == Refused(Why.WINDOW, until=until)
    tell(house, "cán bộ ơi")
    assert answer(house, clerk, number) == Done()


def test_a_province_that_pays_answers_for_longer(database_url: str) -> None:
    house = make_house(database_url, chat_window_hours=168)
    house.feed()
    clerk = make_clerk(house)
    tell(house, f"gặp cán bộ {CODE}")
    number = only_talk(house, clerk).id
    house.clock.moment += 50 * HOUR
    page = shown(house, clerk, number)
    assert page.row.answerable
    assert not page.free
    assert page.left == round(100 * 118 / 168)
    assert answer(house, clerk, number) == Done()


def test_an_answer_does_not_outlive_the_window(
    house: House, clerk: Actor, number: int, post: Post, pump: Pump
) -> None:
    drain(pump)
    house.clock.moment += 47 * HOUR
    assert answer(house, clerk, number) == Done()
    house.clock.moment += 2 * HOUR
    before = len(post.taken)
    drain(pump)
    assert len(post.taken) == before
    assert [one.failed for one in shown(house, clerk, number).lines] == [False, True]


# The text


def test_too_long_a_text_says_by_how_much_and_just_fitting_goes_in_one_message(
    house: House, clerk: Actor, number: int
) -> None:
    most = room(house.runtime, "UBND phường Mẫu")
    assert answer(house, clerk, number, "à" * (most + 7)) == Refused(Why.TOO_LONG, over=7)
    assert answer(house, clerk, number, "a\u0300" * most) == Done()  # decomposed, as macOS types
    assert len(house.owed()[-1]["text"]) == 2000


@pytest.mark.parametrize("text", ["", "  \r\n ", "\x00"])
def test_an_empty_text_is_not_sent(house: House, clerk: Actor, number: int, text: str) -> None:
    assert answer(house, clerk, number, text) == Refused(Why.EMPTY)


def test_line_ends_and_control_characters_are_made_plain() -> None:
    assert (
        plain_text(" một\r\nhai\x07 {ba} 👨\u200d👩\u200d👧\r")
        == "một\nhai {ba} 👨\u200d👩\u200d👧"
    )


def test_braces_are_sent_as_they_are(house: House, clerk: Actor, number: int) -> None:
    answer(house, clerk, number, "{agency} {x}")
    assert house.owed()[-1]["text"] == "Cán bộ UBND phường Mẫu: {agency} {x}"


# The end


def test_a_goodbye_goes_with_the_end(
    house: House, clerk: Actor, number: int, post: Post, pump: Pump
) -> None:
    assert close_handover(house.runtime, clerk, number, "Chào Ông/Bà.", "bye") == Done()
    drain(pump)
    assert post.taken[-1] == "Cán bộ UBND phường Mẫu: Chào Ông/Bà."
    assert answer(house, clerk, number) == Refused(Why.CLOSED)
    assert close_handover(house.runtime, clerk, number, "Chào.", "bye2") == Done(again=True)
    assert "Xin chào" in tell(house, "xin chào")
    assert deeds(house) == [("handover.closed", "lan", str(number))]


def test_without_a_word_a_talk_is_closed_also_after_its_window(
    house: House, clerk: Actor, number: int
) -> None:
    house.clock.moment += 60 * HOUR
    before = len(house.owed())
    refused = close_handover(house.runtime, clerk, number, "Chào Ông/Bà.", "bye")
    assert isinstance(refused, Refused)
    assert refused.why is Why.WINDOW
    assert close_handover(house.runtime, clerk, number, "", "bye") == Done()
    assert len(house.owed()) == before


def test_another_clerks_talk_is_taken_before_it_is_closed(
    house: House, clerk: Actor, number: int
) -> None:
    mai = make_clerk(house, "mai")
    take_handover(house.runtime, clerk, number, None)
    assert close_handover(house.runtime, mai, number, "", "p") == Refused(Why.HELD, holder="lan")


def test_an_answer_on_its_way_to_whoever_wants_to_be_forgotten_does_not_go(
    house: House, clerk: Actor, number: int, post: Post, pump: Pump
) -> None:
    answer(house, clerk, number)
    tell(house, "xóa thông tin")
    drain(pump)
    assert not [text for text in post.taken if "thực địa" in text]
    [row] = [row for row in stored(house, outbox) if row["event"] == "clerk"]
    assert row["state"] == "skipped"
    assert b"th\xe1\xbb\xb1c" not in house.runtime.vault.open(row["body"])
