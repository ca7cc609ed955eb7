"""Moves of the counter's own dossiers: what they become, owe, keep, and when they are refused."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.counter_faults import Faults
from bot.core.counter_moves import STEPS, MoveKind, MoveOrder
from bot.core.snapshot import FeedDossier, Outcome
from bot.move_dossier import Moved, move_dossier
from bot.open_dossier import open_dossier
from tests.bot.counter_place import COPY, Counter
from tests.bot.owing import RECEIVED
from tests.make import NOW

CODE = "H32.15-261125-0001"
DUE = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
STEP = STEPS[1]


@pytest.fixture
def counter(database_url: str) -> Counter:
    place = Counter(database_url)
    place.take_in()
    return place


@pytest.fixture
def lite(sqlite_url: str) -> Counter:
    place = Counter(sqlite_url)
    place.take_in()
    return place


def go(place: Counter, kinds: Sequence[MoveKind]) -> None:
    """Move the dossier along, with what each move needs."""
    for kind in kinds:
        place.move(CODE, kind, **NEEDS.get(kind, {}))


NEEDS = {
    MoveKind.FORWARD: {"step": STEP},
    MoveKind.SUPPLEMENT: {"needed": "- Bản vẽ\n2. Ảnh 4x6", "reason": "Thiếu giấy tờ"},
    MoveKind.REFUSE: {"reason": "Không thuộc thẩm quyền"},
    MoveKind.STOP: {"reason": "Công dân đề nghị"},
    MoveKind.NEW_DAY: {"reason": "Chờ cơ quan thuế", "new_day": "04/12/2026"},
}


def words_of(outcome: Moved | Faults) -> str:
    assert isinstance(outcome, Faults)
    return " ".join(outcome.fields.values())


# What a move becomes


@pytest.mark.parametrize(
    ("way", "status", "step", "owed"),
    [
        ([MoveKind.FORWARD], 4, STEP, "step"),
        ([MoveKind.SUPPLEMENT], 5, "Chờ bổ sung", "supplement"),
        ([MoveKind.SUPPLEMENT, MoveKind.RESUME], 2, "Tiếp nhận hồ sơ", "received"),
        ([MoveKind.REFUSE], 3, "Không được tiếp nhận", "refused"),
        ([MoveKind.PAYMENT], 6, "Chờ thực hiện nghĩa vụ tài chính", "payment"),
        ([MoveKind.WITHDRAW], 7, "Đã rút hồ sơ", "withdrawn"),
        ([MoveKind.STOP], 8, "Dừng giải quyết", "stopped"),
        ([MoveKind.FORWARD, MoveKind.RESULT], 9, "Trả kết quả", "result"),
        ([MoveKind.RESULT, MoveKind.HAND_BACK], 10, "Đã trả kết quả", "returned"),
    ],
)
def test_a_move_is_a_change_that_owes_what_a_feeds_change_owes(
    lite: Counter, way: list[MoveKind], status: int, step: str, owed: str
) -> None:
    go(lite, way)
    opened = lite.opened(CODE)
    assert (opened.told.status, opened.told.step) == (status, step)
    assert [event for event, _ in lite.owed()][-1] == owed
    assert [passage.who for passage in opened.history] == ["lan"] * (len(way) + 1)


def test_a_move_reaches_the_database_whole(counter: Counter) -> None:
    moved = counter.move(CODE, MoveKind.SUPPLEMENT, **NEEDS[MoveKind.SUPPLEMENT])
    opened = counter.opened(CODE)
    assert (opened.told.needed, opened.told.at_desk) == (("Bản vẽ", "Ảnh 4x6"), True)
    assert opened.facts is not None
    hop = opened.facts.hops[moved.hop_index]
    assert (hop.kind, hop.by, hop.by_name) == (MoveKind.SUPPLEMENT, "lan", "Lê Thị Lan")
    assert (hop.items, hop.reason) == (("Bản vẽ", "Ảnh 4x6"), "Thiếu giấy tờ")
    assert hop.at == moved.changed_at == opened.seen == NOW + timedelta(minutes=1)
    [deed] = counter.deeds("dossier.moved")
    assert (deed.about_key, '"kind": "supplement"' in deed.detail) == (CODE, True)
    assert "Thiếu" not in deed.detail


def test_the_term_begins_from_zero_once_the_dossier_is_complete(counter: Counter) -> None:
    go(counter, [MoveKind.SUPPLEMENT])
    counter.clock.move(days=2)
    go(counter, [MoveKind.RESUME])
    opened = counter.opened(CODE)
    again = datetime(2026, 12, 4, 2, 2, tzinfo=UTC)
    assert (opened.told.times.due_at, opened.told.needed) == (again, ())
    assert opened.facts is not None
    assert (opened.facts.hops[-1].due_before, opened.facts.hops[-1].due_after) == (DUE, again)


def test_a_result_ends_the_work_and_one_taken_back_does_not(lite: Counter) -> None:
    go(lite, [MoveKind.RESULT])
    assert lite.opened(CODE).told.times.finished_at == NOW + timedelta(minutes=1)
    go(lite, [MoveKind.FORWARD])
    assert lite.opened(CODE).told.times.finished_at is None
    go(lite, [MoveKind.RESULT, MoveKind.HAND_BACK])
    times = lite.opened(CODE).told.times
    assert (times.finished_at, times.returned_at) == (
        NOW + timedelta(minutes=3),
        NOW + timedelta(minutes=4),
    )


def test_a_same_day_dossier_is_moved_in_silence(lite: Counter) -> None:
    code = lite.take_in("press-0002", procedure=COPY).code
    before = lite.owed()
    lite.move(code, MoveKind.RESULT)
    assert lite.owed() == before


# A new appointment


def test_a_new_day_moves_the_promise_and_leaves_the_rest(counter: Counter) -> None:
    before = counter.opened(CODE).told
    counter.move(CODE, MoveKind.NEW_DAY, **NEEDS[MoveKind.NEW_DAY])
    opened = counter.opened(CODE)
    assert opened.told.times.due_at == datetime(2026, 12, 4, 2, 0, tzinfo=UTC)
    assert (opened.told.status, opened.told.step) == (before.status, before.step)
    assert opened.facts is not None
    assert opened.facts.hops[-1].due_before == DUE
    assert MoveKind.NEW_DAY not in opened.moves
    assert "một lần" in words_of(
        counter.try_move(CODE, MoveKind.NEW_DAY, reason="Chờ", new_day="07/12/2026")
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Chưa có ngày hẹn mới"),
        ("mai", "không phải ngày"),
        ("31/02/2027", "không phải ngày"),
        ("01/12/2026", "sau ngày hẹn cũ"),
        ("02/12/2026 08:00", "sau giờ hẹn cũ"),
        ("05/12/2026", "là ngày nghỉ"),
        ("03/12/2026 12:00", "không làm việc"),
    ],
)
def test_a_day_that_cannot_be_promised_is_refused_in_words(
    lite: Counter, typed: str, words: str
) -> None:
    outcome = lite.try_move(CODE, MoveKind.NEW_DAY, reason="Chờ", new_day=typed)
    assert words in words_of(outcome)
    assert lite.opened(CODE).told.times.due_at == DUE


def test_an_apology_after_the_day_is_made_and_warned_of(lite: Counter) -> None:
    lite.clock.moment = datetime(2026, 12, 3, 2, 0, tzinfo=UTC)
    moved = lite.move(CODE, MoveKind.NEW_DAY, reason="Chờ", new_day="04/12/2026 15:30")
    assert "trước hạn" in moved.warnings[0]
    assert lite.opened(CODE).told.times.due_at == datetime(2026, 12, 4, 8, 30, tzinfo=UTC)


def test_a_second_or_late_supplement_is_made_and_warned_of(lite: Counter) -> None:
    first = lite.move(CODE, MoveKind.SUPPLEMENT, **NEEDS[MoveKind.SUPPLEMENT])
    assert first.warnings == ()
    lite.clock.move(days=8)
    go(lite, [MoveKind.RESUME])
    second = lite.move(CODE, MoveKind.SUPPLEMENT, **NEEDS[MoveKind.SUPPLEMENT])
    assert len(second.warnings) == 2


# What is refused


@pytest.mark.parametrize("last", [MoveKind.REFUSE, MoveKind.WITHDRAW])
def test_nothing_follows_the_end(lite: Counter, last: MoveKind) -> None:
    go(lite, [last])
    opened = lite.opened(CODE)
    assert opened.moves == ()
    assert "đã kết thúc" in opened.why_no_moves
    assert "đã kết thúc" in words_of(lite.try_move(CODE, MoveKind.RESULT))


def test_what_may_not_follow_is_refused_in_words(lite: Counter) -> None:
    outcome = lite.try_move(CODE, MoveKind.HAND_BACK)
    assert words_of(outcome) == "Hồ sơ đang ở “Tiếp nhận hồ sơ”, không thể “Đã trả kết quả”."


@pytest.mark.parametrize(
    ("kind", "order", "fields"),
    [
        (MoveKind.FORWARD, {}, {"step"}),
        (MoveKind.FORWARD, {"step": "Hồ sơ của bạn đã mất"}, {"step"}),
        (MoveKind.SUPPLEMENT, {}, {"needed", "reason"}),
        (MoveKind.SUPPLEMENT, {"needed": "a\n" * 21, "reason": "b"}, {"needed"}),
        (MoveKind.REFUSE, {"reason": " "}, {"reason"}),
        (MoveKind.STOP, {"reason": "a" * 1_001}, {"reason"}),
        (MoveKind.FORWARD, {"step": STEP, "handler": "a" * 201}, {"handler"}),
    ],
)
def test_an_order_that_lacks_something_names_it(
    lite: Counter, kind: MoveKind, order: dict[str, str], fields: set[str]
) -> None:
    outcome = lite.try_move(CODE, kind, **order)
    assert isinstance(outcome, Faults)
    assert set(outcome.fields) == fields
    assert len(lite.opened(CODE).history) == 1


def test_whoever_was_faster_wins_and_the_other_is_told_who(counter: Counter) -> None:
    seen = counter.opened(CODE).seen
    counter.move(CODE, MoveKind.FORWARD, step=STEP)
    minh = counter.clerk("minh", "H32")
    order = MoveOrder(MoveKind.REFUSE, reason="Không thuộc thẩm quyền")
    outcome = move_dossier(counter.runtime, minh, CODE, seen, order)
    assert "lan vừa chuyển hồ sơ sang “Thẩm định hồ sơ” lúc 09:01 25/11/2026" in words_of(outcome)
    assert counter.opened(CODE).told.status == 4


def test_a_dossier_of_software_is_left_to_it(counter: Counter) -> None:
    counter.feed(RECEIVED)
    opened = counter.opened(RECEIVED.code)
    assert (opened.facts, opened.moves) == (None, ())
    assert "phần mềm một cửa" in opened.why_no_moves
    assert opened.history[0].who == "phần mềm một cửa"
    assert "phần mềm một cửa" in words_of(counter.try_move(RECEIVED.code, MoveKind.RESULT))


def test_a_dossier_of_another_agency_is_as_one_that_is_not(counter: Counter) -> None:
    told = FeedDossier(
        "H32-261125-0001", "H32", RECEIVED.procedure, "Tiếp nhận", 2, RECEIVED.changed_at
    )
    assert counter.feed(told) == [Outcome.NEW]
    assert open_dossier(counter.runtime, counter.lan, told.code) is None
    order = MoveOrder(MoveKind.RESULT)
    outcomes = [
        words_of(move_dossier(counter.runtime, counter.lan, code, NOW, order))
        for code in (told.code, "H32-261125-9999")
    ]
    assert outcomes[0] == outcomes[1]
    assert counter.deeds("dossier.opened") == []
