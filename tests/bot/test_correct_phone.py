"""Bad phones of the own desk: listed, corrected, and kept against the feed that repeats them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.core.counter_faults import Faults
from bot.core.counter_moves import MoveKind
from bot.core.snapshot import FeedDossier, Outcome, Times
from bot.correct_phone import (
    PAGE,
    Corrected,
    bad_phones,
    correct_phone,
    count_bad_phones,
)
from bot.database import reading
from bot.index_key import index_key
from bot.register import register_dossiers
from bot.store.counter_tables import phone_correction
from bot.store.notice_tables import notice
from bot.store.phone_states import count_failure
from bot.vault import blind_index
from tests.bot.counter_place import Counter
from tests.bot.owing import KEY, MORNING, make_told, numbered
from tests.make import NOW

WRONG, RIGHT, OTHER = "0905 123 456", "0912 345 678", "0935 111 222"
TOLD = replace(make_told(2, "Tiếp nhận"), phone=WRONG)


@pytest.fixture
def counter(database_url: str) -> Counter:
    return Counter(database_url)


@pytest.fixture
def lite(sqlite_url: str) -> Counter:
    return Counter(sqlite_url)


def later(minutes: int, phone: str | None = WRONG, step: str = "Thẩm định") -> FeedDossier:
    changed = MORNING + timedelta(minutes=minutes)
    return replace(make_told(4, step), phone=phone, changed_at=changed)


def correct(place: Counter, code: str, typed: str = RIGHT) -> str:
    outcome = correct_phone(place.runtime, place.lan, code, typed)
    assert isinstance(outcome, Corrected), outcome
    return outcome.phone


def faults(place: Counter, code: str, typed: str) -> Mapping[str, str]:
    outcome = correct_phone(place.runtime, place.lan, code, typed)
    assert isinstance(outcome, Faults)
    return outcome.fields


def phone_of(place: Counter) -> str | None:
    return place.opened(TOLD.code).told.phone


def corrections(place: Counter) -> int:
    with reading(place.runtime.engine) as connection:
        return len(list(connection.execute(select(phone_correction))))


def fail_for_good(place: Counter, e164: str) -> None:
    number = blind_index(index_key(place.runtime), e164)
    for _ in range(2):
        with place.runtime.engine.begin() as connection:
            count_failure(connection, number, NOW)


# The list


def test_whatever_reaches_nobody_is_listed_with_its_reason(counter: Counter) -> None:
    told = [
        numbered(replace(TOLD, phone=phone), number)
        for number, phone in enumerate((None, "0258 3822 123", "0905", WRONG, RIGHT), start=1)
    ]
    old = Times(received_at=datetime.fromisoformat("2016-05-05T08:00:00+07:00"))
    landline = numbered(replace(TOLD, phone="0583 822 123", times=old, owner_name="Lê Văn Ba"), 6)
    closed = numbered(replace(TOLD, phone=None, status=10), 7)
    hers = numbered(replace(TOLD, phone=None, agency="H32"), 8)
    counter.feed(*told, landline, closed, hers)
    fail_for_good(counter, "+84905123456")
    page = bad_phones(counter.runtime, counter.lan)
    assert [(one.code[-1], one.why, one.phone) for one in page.rows] == [
        ("6", "nghi là số cố định cũ", "058***2123"),
        ("4", "gửi không đến", "090***3456"),
        ("3", "số sai", ""),
        ("2", "số cố định", ""),
        ("1", "chưa có số", ""),
    ]
    assert (page.rows[0].owner, page.before) == ("Lê Văn Ba", None)
    assert count_bad_phones(counter.runtime, counter.lan) == 5
    assert count_bad_phones(counter.runtime, counter.lan, most=3) == 3


def test_the_list_goes_on_page_by_page(lite: Counter) -> None:
    lite.feed(*(numbered(replace(TOLD, phone=None), number) for number in range(1, PAGE + 4)))
    first = bad_phones(lite.runtime, lite.lan)
    second = bad_phones(lite.runtime, lite.lan, first.before)
    assert (len(first.rows), len(second.rows), second.before) == (PAGE, 3, None)
    assert len({one.code for one in (*first.rows, *second.rows)}) == PAGE + 3


# A dossier of this counter


def test_an_intakes_number_is_corrected_and_the_missed_notice_owed_again(
    counter: Counter,
) -> None:
    code = counter.take_in(phone="0258 3822 123", phone_confirmed=True).code
    with counter.runtime.engine.begin() as connection:
        connection.execute(update(notice).values(state="skipped", reason="no way out: landline"))
    assert correct(counter, code) == "091***5678"
    opened = counter.opened(code)
    assert (opened.told.phone, opened.seen) == ("+84912345678", NOW)
    assert opened.facts is not None
    assert opened.facts.submitter.phone == RIGHT
    assert counter.owed() == [("received", "skipped"), ("received", "waiting")]
    assert (len(opened.history), corrections(counter)) == (2, 0)
    [deed] = counter.deeds("phone.corrected")
    assert (deed.about_key, deed.detail) == (code, '{"was": "landline"}')
    counter.move(code, MoveKind.RESULT)
    assert counter.opened(code).told.phone == "+84912345678"


def test_what_is_no_other_mobile_number_is_refused_in_words(lite: Counter) -> None:
    code = lite.take_in().code
    assert "số cố định" in faults(lite, code, "0258 3822 123")["phone"]
    assert "đang có" in faults(lite, code, "+84 905 123 456")["phone"]
    assert faults(lite, code, "")["phone"]
    assert "Không có hồ sơ" in faults(lite, "H32.15-261125-0999", RIGHT)[""]
    lite.feed(replace(TOLD, agency="H32"))
    assert "Không có hồ sơ" in faults(lite, TOLD.code, RIGHT)[""]
    assert lite.deeds("phone.corrected") == []


# A dossier that software feeds


def test_a_correction_holds_while_the_feed_repeats_the_wrong_number(counter: Counter) -> None:
    counter.feed(TOLD)
    correct(counter, TOLD.code)
    assert counter.feed(TOLD) == [Outcome.REPEAT]
    assert counter.feed(later(1), later(2, step="Ký duyệt")) == [Outcome.CHANGED] * 2
    opened = counter.opened(TOLD.code)
    assert (opened.told.phone, opened.told.step) == ("+84912345678", "Ký duyệt")
    assert corrections(counter) == 1
    recipients = {row.recipient for row in counter.rows() if row.event == "step"}
    right = blind_index(index_key(counter.runtime), "+84912345678").hex()
    assert recipients == {right}


def test_another_number_of_the_feed_wins_and_ends_the_correction(counter: Counter) -> None:
    counter.feed(TOLD)
    correct(counter, TOLD.code)
    assert counter.feed(later(1, OTHER)) == [Outcome.CHANGED]
    assert (phone_of(counter), corrections(counter)) == ("+84935111222", 0)
    assert counter.feed(later(2, WRONG)) == [Outcome.CHANGED]
    assert phone_of(counter) == "+84905123456"


def test_the_feed_that_learns_the_right_number_may_forget_it_again(lite: Counter) -> None:
    lite.feed(TOLD)
    correct(lite, TOLD.code)
    lite.feed(later(1, RIGHT), later(2, WRONG))
    assert (phone_of(lite), corrections(lite)) == ("+84912345678", 1)


def test_a_stale_number_ends_no_correction(lite: Counter) -> None:
    lite.feed(later(5))
    correct(lite, TOLD.code)
    assert lite.feed(later(1, OTHER)) == [Outcome.STALE]
    assert corrections(lite) == 1


@pytest.mark.parametrize("again", [None, "0258 3822 123", "không có"])
def test_numbers_that_reach_nobody_are_alike(lite: Counter, again: str | None) -> None:
    lite.feed(replace(TOLD, phone=None))
    correct(lite, TOLD.code)
    lite.feed(later(1, again))
    assert phone_of(lite) == "+84912345678"


def test_a_number_that_the_feed_takes_away_is_gone(lite: Counter) -> None:
    lite.feed(TOLD)
    correct(lite, TOLD.code)
    lite.feed(later(1, None))
    assert (phone_of(lite), corrections(lite)) == (None, 0)


def test_a_correction_may_be_corrected_and_taken_back(lite: Counter) -> None:
    lite.feed(TOLD)
    correct(lite, TOLD.code)
    correct(lite, TOLD.code, OTHER)
    lite.feed(later(1))
    assert phone_of(lite) == "+84935111222"
    correct(lite, TOLD.code, WRONG)
    assert (phone_of(lite), corrections(lite)) == ("+84905123456", 0)


def test_the_feed_is_warned_of_its_own_number_all_the_same(lite: Counter) -> None:
    lite.feed(replace(TOLD, phone=None))
    correct(lite, TOLD.code)
    [result] = register_dossiers(lite.runtime, KEY, [later(1, None)])
    assert result.warnings == ("phone.missing",)
