"""Which notice a change earns: the decision table."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from bot.core.agency import Agency
from bot.core.notice import NoticeEvent
from bot.core.notice_rules import Meaning, is_in_result, meaning
from bot.core.snapshot import Known

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
AGENCY = Agency("H32", "Ủy ban nhân dân tỉnh", None, None, False, False, 0)
TALKATIVE = replace(AGENCY, same_day_notices=True)
DECOMPOSED = unicodedata.normalize("NFD", "Trả kết quả")


@dataclass(frozen=True, slots=True)
class At:
    """Where a dossier stands: status, step, whether the papers lie at the desk."""

    status: int
    step: str = "Thẩm định"
    at_desk: bool = False

    @property
    def known(self) -> Known:
        return Known(
            1, None, "H32", self.step, self.status, self.at_desk, NOON, None, None, b"content"
        )


def meant(earlier: At | None, now: At, same_day: bool = False, agency: Agency = AGENCY) -> Meaning:
    return meaning(earlier.known if earlier else None, now.known, same_day, agency)


def told(earlier: At | None, now: At, result_was_told: bool = True) -> str | None:
    event = meant(earlier, now).owed(result_was_told)
    return str(event) if event else None


RESULT_STEP = At(4, "Trả kết quả")
STATUSES = range(1, 11)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("step", ["Thẩm định", "Trả kết quả"])
def test_first_sight_is_news_only_of_a_dossier_just_received(status: int, step: str) -> None:
    assert told(None, At(status, step, at_desk=True)) == ("received" if status == 2 else None)


# Every pair of different statuses, the papers nowhere near the desk: read a row from the left.
# The column is the status entered; r received, s step, P payment, R result, X refused, W withdrawn,
# S stopped, H handed out (returned), C correction, . nothing.
PAIRS = {
    #  to 1 2 3 4 5 6 7 8 9 10
    1: "  - r X s . P W S R H",
    2: "  s - X s . P W S R H",
    3: "  s r - s . P W S R H",
    4: "  s s X - . P W S R H",
    5: "  s r X s - P W S R H",
    6: "  s s X s . - W S R H",
    7: "  s s X s . P - S R H",
    8: "  s s X s . P W - R H",
    9: "  C C X C C P W S - H",
    10: " s s X s . P W S . -",
}
LETTERS = {
    "r": NoticeEvent.RECEIVED,
    "s": NoticeEvent.STEP,
    "P": NoticeEvent.PAYMENT,
    "R": NoticeEvent.RESULT,
    "X": NoticeEvent.REFUSED,
    "W": NoticeEvent.WITHDRAWN,
    "S": NoticeEvent.STOPPED,
    "H": NoticeEvent.RETURNED,
    "C": NoticeEvent.CORRECTION,
    ".": None,
}
ALL_PAIRS = [
    (earlier, now, LETTERS[letter])
    for earlier, row in PAIRS.items()
    for now, letter in zip(STATUSES, row.split(), strict=True)
    if letter != "-"
]


@pytest.mark.parametrize(("earlier", "now", "event"), ALL_PAIRS)
@pytest.mark.parametrize("step", ["Thẩm định", "Bước khác"])
def test_each_pair_of_statuses(
    earlier: int, now: int, event: NoticeEvent | None, step: str
) -> None:
    assert meant(At(earlier), At(now, step)).owed(result_was_told=True) == event


@pytest.mark.parametrize("status", STATUSES)
def test_a_change_of_neither_step_nor_status_is_no_news(status: int) -> None:
    for step in ("Thẩm định", "Trả kết quả"):
        assert meant(At(status, step), At(status, step)) == Meaning()


@pytest.mark.parametrize("status", STATUSES)
def test_another_step_of_one_status_is_told_but_while_papers_are_awaited_elsewhere(
    status: int,
) -> None:
    expected = None if status == 5 else "step"
    assert told(At(status, "Phân công"), At(status, "Thẩm định")) == expected


@pytest.mark.parametrize(
    ("one", "other", "event"),
    [
        ("Thẩm định", unicodedata.normalize("NFD", "Thẩm định"), None),
        ("Thẩm định", "thẩm định", "step"),
        ("Thẩm định", "Thẩm định ", "step"),
        ("Thẩm định", "Tham dinh", "step"),
    ],
    ids=["decomposed", "case", "blank", "accents"],
)
def test_a_step_differs_by_its_very_letters(one: str, other: str, event: str | None) -> None:
    assert told(At(4, one), At(4, other)) == event


@pytest.mark.parametrize(
    "step",
    [
        "Trả kết quả",
        "TRẢ KẾT QUẢ",
        "Trả kết quả ",
        " trả  kết\u00a0quả",
        "Tra ket qua",
        DECOMPOSED,
        DECOMPOSED.upper(),
        "Trả\u200b kết quả",
    ],
)
@pytest.mark.parametrize("status", [1, 2, 4])
def test_the_result_step_is_known_however_it_is_typed(step: str, status: int) -> None:
    assert told(At(status), At(status, step)) == "result"


@pytest.mark.parametrize("step", ["Chờ trả kết quả", "Trả kết quả bổ sung", "Kết quả", "", "…"])
def test_a_step_that_only_resembles_it_is_a_step(step: str) -> None:
    assert not is_in_result(At(4, step).known)
    assert told(At(4), At(4, step)) == "step"


@pytest.mark.parametrize("status", [3, 5, 6, 7, 8, 10])
def test_the_status_wins_over_a_result_step_that_was_left_standing(status: int) -> None:
    assert not is_in_result(At(status, "Trả kết quả").known)


@pytest.mark.parametrize("earlier", [1, 2, 4])
def test_received_gives_way_to_a_result(earlier: int) -> None:
    assert told(At(earlier), At(2, "Trả kết quả")) == "result"


@pytest.mark.parametrize(
    ("earlier", "now", "event"),
    [
        (RESULT_STEP, At(9, "Trả kết quả"), "step"),
        (At(9), At(9, "Trả kết quả"), "step"),
        (At(9), RESULT_STEP, "step"),
        (RESULT_STEP, At(10, "Trả kết quả"), "returned"),
        (At(10), At(9), None),
        (At(10), RESULT_STEP, None),
    ],
)
def test_a_result_is_told_when_it_is_entered_and_not_again(
    earlier: At, now: At, event: str | None
) -> None:
    meaning_of_it = meant(earlier, now)
    assert meaning_of_it.event == event
    assert not meaning_of_it.takes_back


@pytest.mark.parametrize(
    ("earlier", "now", "event"),
    [
        (At(4), At(5, at_desk=True), "supplement"),
        (At(4), At(5), None),
        (At(5), At(5, at_desk=True), "supplement"),
        (At(5, "Chờ"), At(5, "Bổ sung", at_desk=True), "supplement"),
        (At(5, at_desk=True), At(5), None),
        (At(5, "Chờ", at_desk=True), At(5, "Khác"), None),
        (At(5, "Chờ", at_desk=True), At(5, "Khác", at_desk=True), "step"),
        (At(5, at_desk=True), At(5, at_desk=True), None),
        (At(4, at_desk=True), At(5, at_desk=True), "supplement"),
        (At(9, at_desk=True), At(5, at_desk=True), "supplement"),
        (At(4), At(4, at_desk=True), None),
        (At(9), At(9, at_desk=True), None),
    ],
)
def test_a_supplement_waits_for_the_papers_at_the_desk(
    earlier: At, now: At, event: str | None
) -> None:
    assert told(earlier, now) == event


@pytest.mark.parametrize("earlier", [At(9), RESULT_STEP, At(9, "Trả kết quả", at_desk=True)])
@pytest.mark.parametrize(
    ("now", "after_telling", "before_telling"),
    [
        (At(4, "Ký duyệt"), "correction", "step"),
        (At(1, "Ký duyệt"), "correction", "step"),
        (At(5, "Ký duyệt"), "correction", None),
        (At(5, "Ký duyệt", at_desk=True), "supplement", "supplement"),
        (At(6), "payment", "payment"),
        (At(3), "refused", "refused"),
        (At(8), "stopped", "stopped"),
        (At(7), "withdrawn", "withdrawn"),
    ],
)
def test_a_result_taken_back_is_corrected_only_if_it_was_told(
    earlier: At, now: At, after_telling: str, before_telling: str | None
) -> None:
    assert meant(earlier, now).takes_back
    assert told(earlier, now, result_was_told=True) == after_telling
    assert told(earlier, now, result_was_told=False) == before_telling


def test_a_new_start_after_a_result_that_nobody_was_told_is_received() -> None:
    assert told(At(1, "Trả kết quả"), At(2), result_was_told=False) == "received"
    assert told(At(1, "Trả kết quả"), At(2), result_was_told=True) == "correction"


@pytest.mark.parametrize(
    ("earlier", "now"),
    [(None, At(2)), *((At(one), At(other)) for one, other, event in ALL_PAIRS if event)],
)
def test_same_day_procedures_earn_notices_only_where_the_agency_wants_them(
    earlier: At | None, now: At
) -> None:
    quiet = meant(earlier, now, same_day=True)
    assert (quiet.event, quiet.untold) == (None, None)
    assert quiet.takes_back == meant(earlier, now).takes_back, "what waits is dropped all the same"
    assert meant(earlier, now, same_day=True, agency=TALKATIVE) == meant(earlier, now)
    assert meant(earlier, now, agency=TALKATIVE) == meant(earlier, now)
