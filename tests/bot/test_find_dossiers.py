"""The clerk's one search field: codes, phones and names in any typing, of the own agencies."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.core.counter_moves import STEPS, MoveKind
from bot.core.snapshot import FeedDossier, Outcome
from bot.correct_phone import Corrected, correct_phone
from bot.database import reading
from bot.find_dossiers import MOST, Findings, Kind, find_dossiers
from bot.store.counter_tables import dossier_name
from tests.bot.counter_place import Counter
from tests.bot.owing import MORNING, make_told
from tests.make import NOW

CODE = "H32.15-261125-0001"
AN = "Nguyễn Văn An"


@pytest.fixture
def counter(database_url: str) -> Counter:
    place = Counter(database_url)
    place.take_in(owner=AN)
    return place


@pytest.fixture
def lite(sqlite_url: str) -> Counter:
    place = Counter(sqlite_url)
    place.take_in(owner=AN)
    return place


def find(place: Counter, typed: str) -> Findings:
    return find_dossiers(place.runtime, place.lan, typed)


def codes(found: Findings) -> list[str]:
    return [row.code for row in found.rows]


def named(number: int, owner: str | None, agency: str = "H32.15") -> FeedDossier:
    told = replace(make_told(2, "Tiếp nhận"), owner_name=owner, agency=agency)
    return replace(told, code=f"000.00.17.H32-261122-{number:04d}", phone=None)


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        " h32.15 – 261125 – 0001 ",
        "1",
        "0001",
        "261125-0001",
        f"https://motcua.example.vn/T/{CODE}.ABCDEFGHIJ",
        f"Mã hồ sơ: {CODE}",
        f"https://x.vn/tra-cuu?MHS={CODE}&SGT=079188000123",
    ],
)
def test_a_code_is_found_as_printed_scanned_or_said(counter: Counter, typed: str) -> None:
    found = find(counter, typed)
    assert (found.kind, codes(found), found.words) == (Kind.CODE, [CODE], "")
    [row] = found.rows
    assert (row.owner, row.phone, row.step) == (AN, "090***3456", "Tiếp nhận hồ sơ")
    assert (row.agency_code, row.late, row.received_at) == ("H32.15", False, NOW)


def test_a_local_code_is_found_whatever_its_form(lite: Counter) -> None:
    told = replace(named(1, None), local_code="BN-77/ab")
    other = replace(named(2, None), local_code="0905123999")
    assert lite.feed(told, other) == [Outcome.NEW] * 2
    assert codes(find(lite, "bn-77/AB")) == [told.code]
    assert codes(find(lite, "0905123999")) == [other.code]  # a code before it is a phone


@pytest.mark.parametrize(
    "typed", ["0905123456", "0905 123 456", "+84 905.123.456", "84905123456", "sđt 0905123456"]
)
def test_a_phone_is_found_in_any_typing(counter: Counter, typed: str) -> None:
    counter.take_in("press-0002", phone="(0905) 123456")
    counter.take_in("press-0003", phone="0912 345 678")
    found = find(counter, typed)
    assert (found.kind, codes(found)) == (Kind.PHONE, ["H32.15-261125-0002", CODE])


@pytest.mark.parametrize(
    "typed",
    [
        AN,
        "nguyen van an",
        "VĂN AN",
        "an",
        "  Nguyễn   văn  AN ",
        "Nguyễn Văn An",
        "Bình",
        "thị bình",
    ],
)
def test_a_name_is_found_by_its_endings_with_or_without_accents(
    counter: Counter, typed: str
) -> None:
    found = find(counter, typed)
    assert (found.kind, codes(found)) == (Kind.NAME, [CODE])


def test_the_beginning_of_a_name_is_no_name(lite: Counter) -> None:
    found = find(lite, "nguyen van")
    assert (found.kind, found.rows) == (Kind.NOTHING, ())
    assert "họ tên" in found.words


def test_accents_as_typed_come_first_then_the_newest(counter: Counter) -> None:
    names = ["Lê Văn Ân", "Lê Văn An", "Lê Văn Ấn", "Lê Văn An"]
    counter.feed(*(named(number, name) for number, name in enumerate(names, start=1)))
    order = [row.owner for row in find(counter, "Lê Văn An").rows]
    assert order == ["Lê Văn An", "Lê Văn An", "Lê Văn Ấn", "Lê Văn Ân"]
    assert [row.owner for row in find(counter, "le van an").rows] == names[::-1]


def test_more_than_a_page_says_so(lite: Counter) -> None:
    lite.feed(*(named(number, "Trần Văn Tám") for number in range(1, MOST + 3)))
    found = find(lite, "tran van tam")
    assert (len(found.rows), found.more) == (MOST, True)
    assert found.rows[0].code == named(MOST + 2, None).code
    assert "mới nhất" in found.words


def test_other_agencies_dossiers_are_not_found(counter: Counter) -> None:
    hers = replace(named(1, "Phạm Văn Kín", agency="H32"), phone="0912 999 888")
    counter.feed(hers)
    for typed in (hers.code, "0912999888", "Phạm Văn Kín", "kin"):
        assert find(counter, typed).rows == ()
    above = counter.clerk("an", "H32")
    assert codes(find_dossiers(counter.runtime, above, "kín")) == [hers.code]
    everywhere = counter.clerk("ha", None)
    assert codes(find_dossiers(counter.runtime, everywhere, "van an")) == [CODE]


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "????", "99999", "0912000000", "ABC-1"])
def test_what_finds_nothing_says_what_to_type(lite: Counter, typed: str) -> None:
    found = find(lite, typed)
    assert (found.kind, found.rows) == (Kind.NOTHING, ())
    assert found.words


def test_a_bare_number_is_of_the_own_desk_today(lite: Counter) -> None:
    lite.clock.move(days=1)
    assert find(lite, "1").rows == ()
    assert codes(find(lite, "261125-0001")) == [CODE]
    lite.take_in("press-0002")
    assert codes(find(lite, "1")) == ["H32.15-261126-0001"]


# Marks


def test_marks_follow_the_name_and_the_agency(counter: Counter) -> None:
    told = named(1, "Đỗ Thị Mận")
    counter.feed(told)
    assert codes(find(counter, "do thi man")) == [told.code]
    renamed = replace(told, owner_name="Đỗ Thị Mơ", changed_at=MORNING.replace(minute=30))
    counter.feed(renamed)
    assert find(counter, "man").rows == ()
    assert codes(find(counter, "mơ")) == [told.code]
    counter.feed(replace(renamed, agency="H32", changed_at=MORNING.replace(minute=40)))
    assert find(counter, "mo").rows == ()
    nameless = replace(renamed, owner_name=None, changed_at=MORNING.replace(minute=50))
    counter.feed(nameless)
    assert marks(counter) == 6  # of the intake alone: three endings of each of its two people


def marks(place: Counter) -> int:
    with reading(place.runtime.engine) as connection:
        return int(connection.scalar(select(func.count()).select_from(dossier_name)) or 0)


def test_who_handed_it_in_is_found_after_every_move(lite: Counter) -> None:
    lite.move(CODE, MoveKind.FORWARD, step=STEPS[0])
    assert isinstance(correct_phone(lite.runtime, lite.lan, CODE, "0912345678"), Corrected)
    assert codes(find(lite, "tran thi binh")) == codes(find(lite, "nguyen van an")) == [CODE]


def test_marks_hold_nothing_to_be_read(lite: Counter) -> None:
    with reading(lite.runtime.engine) as connection:
        stored = list(connection.scalars(select(dossier_name.c.mark)))
    assert {len(mark) for mark in stored} == {10}


def test_a_dossier_without_name_or_phone_is_shown_so(lite: Counter) -> None:
    lite.feed(named(1, None))
    [row] = find(lite, named(1, None).code).rows
    assert (row.owner, row.phone) == (None, "")
