"""What an announcement is bound to, and what is wrong with one, in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.core.announcement import (
    MOVES,
    ROADS,
    Audience,
    AudienceKind,
    Content,
    Kind,
    Road,
    State,
    content_of,
    from_states,
    is_approval_good,
    minutes_needed,
)
from bot.core.announcement_diff import differences, pieces
from bot.core.announcement_faults import (
    content_faults,
    link_fault,
    picture_fault,
    placeholder_fault,
    plain_text,
)

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
CONTENT = Content(
    agency="H56", title="Lịch tiếp công dân", text="Mời xem lịch tiếp công dân tháng 12."
)


def test_a_content_is_read_back_as_it_was_kept() -> None:
    content = replace(
        CONTENT,
        kind=Kind.DOCUMENT,
        audience=Audience(AudienceKind.DOSSIERS, agency="H56.14", procedure="1.0035"),
        roads=(Road.CHAT, Road.TEMPLATE_UID),
        send_at=NOW,
    )
    assert content_of(content.as_json()) == content


def test_the_same_moment_in_another_zone_is_the_same_content() -> None:
    local = NOW.astimezone(timezone(timedelta(hours=7)))
    assert replace(CONTENT, send_at=NOW).mark == replace(CONTENT, send_at=local).mark


def test_spacing_and_case_make_no_other_words() -> None:
    loud = replace(CONTENT, title="LỊCH  tiếp công dân\n")
    assert loud.text_mark == CONTENT.text_mark
    assert loud.mark != CONTENT.mark
    assert replace(CONTENT, text="Khác").text_mark != CONTENT.text_mark


def test_an_approval_holds_for_its_content_and_a_week() -> None:
    mark = CONTENT.mark
    assert is_approval_good(mark, mark, NOW, NOW + timedelta(days=7))
    assert not is_approval_good(mark, mark, NOW, NOW + timedelta(days=7, seconds=1))
    assert not is_approval_good(b"other", mark, NOW, NOW)
    assert not is_approval_good(None, mark, None, NOW)


def test_nothing_goes_out_but_from_the_schedule_and_nothing_comes_back_from_the_end() -> None:
    assert from_states(State.SENDING) == ("scheduled", "paused")
    assert from_states(State.SCHEDULED) == ("approved",)
    assert from_states(State.APPROVED) == ("waiting_approval", "scheduled")
    assert not MOVES[State.DONE] | MOVES[State.STOPPED]


@pytest.mark.parametrize("kind", AudienceKind)
def test_a_broadcast_is_used_alone(kind: AudienceKind) -> None:
    content = replace(CONTENT, audience=Audience(kind), roads=tuple(Road))
    ways = content.ways
    assert set(ways) <= set(ROADS[kind])
    assert (Road.BROADCAST in ways) == (ways == (Road.BROADCAST,))


@pytest.mark.parametrize(("people", "minutes"), [(0, 0), (1, 1), (3892, 1), (3893, 2)])
def test_minutes_needed(people: int, minutes: int) -> None:
    assert minutes_needed(people, 3892) == minutes


# Faults


@pytest.mark.parametrize(
    "link", ["", "https://dichvucong.gov.vn/a?b=c#d", "http://a.vn", "https://hồsơ.vn/x"]
)
def test_links_that_may_be(link: str) -> None:
    assert link_fault(link) == ""


@pytest.mark.parametrize(
    "link",
    [
        "dichvucong.gov.vn",
        "javascript:alert(1)",
        "https://",
        "https://localhost/x",
        "https://a b.vn",
        "https://user@a.vn",
        "https://a.vn:99999",
        "https://[::1",
        "ftp://a.vn",
        "https://a.vn/" + "x" * 500,
        "https://127.0.0.1/x",
    ],
)
def test_links_that_may_not_be_are_told_why(link: str) -> None:
    assert link_fault(link)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Chào {co_quan}, ngày {ngay}", ""),
        ("Chào {co_qan}", "Có phải là {co_quan}?"),
        ("Chào {ten}", "Không có chỗ điền {ten}"),
        ("Chào {co_quan", "lẻ"),
        ("Chào co_quan}", "lẻ"),
    ],
)
def test_placeholders_are_spelt_right_or_told(text: str, said: str) -> None:
    fault = placeholder_fault(text)
    assert said in fault
    assert bool(fault) == bool(said)


def test_every_fault_is_told_at_once() -> None:
    content = replace(
        CONTENT,
        title="",
        text="ngắn",
        link="sai",
        roads=(),
        send_at=NOW - timedelta(minutes=1),
        audience=Audience(AudienceKind.DOSSIERS),
    )
    faults = content_faults(content, 100, NOW)
    assert set(faults) == {"title", "text", "link", "roads", "send_at", "audience_agency"}


def test_what_is_right_has_no_fault() -> None:
    assert content_faults(CONTENT, 200, NOW) == {}


@pytest.mark.parametrize(
    ("changes", "length", "field"),
    [
        ({"title": "x" * 151}, 200, "title"),
        ({}, 2001, "text"),
        ({"kind": Kind.DOCUMENT}, 200, "link"),
        ({"text": "Mời xem {lien_ket} nhé."}, 200, "link"),
        ({"roads": (Road.BROADCAST,)}, 200, "picture"),
        ({"audience": Audience(AudienceKind.PHONES), "roads": (Road.TEMPLATE_PHONE,)}, 9, "phones"),
        ({"audience": Audience(AudienceKind.TAG)}, 200, "tag"),
        ({"audience": Audience(AudienceKind.TAG, tag="a"), "roads": (Road.BROADCAST,)}, 9, "roads"),
    ],
)
def test_limits_are_named(changes: dict[str, object], length: int, field: str) -> None:
    faults = content_faults(replace(CONTENT, **changes), length, NOW)  # type: ignore[arg-type]
    assert field in faults


def test_pictures_are_judged_by_what_they_are() -> None:
    jpg = b"\xff\xd8\xff" + b"0" * 100
    assert picture_fault(jpg) == ""
    assert "1,0 MB" in picture_fault(jpg + b"0" * 1024 * 1024)
    assert picture_fault(b"GIF89a")
    assert picture_fault(b"")


def test_text_is_kept_without_what_nobody_sees() -> None:
    assert plain_text(" a\r\nb\u200b\xa0c \x00\n") == "a\nb c"


# Differences


def test_a_changed_word_is_shown_between_those_that_stayed() -> None:
    made = [(one.what, one.text) for one in pieces("tháng 12 này", "tháng 01 này")]
    assert made == [("same", "tháng "), ("gone", "12"), ("new", "01"), ("same", " này")]


def test_only_fields_that_changed_are_shown_in_words() -> None:
    after = replace(CONTENT, kind=Kind.EVENT, send_at=NOW)
    found = differences(CONTENT, after, timezone(timedelta(hours=7)), {"event": "Sự kiện"})
    shown = {
        one.field: [piece.text for piece in one.pieces if piece.what == "new"] for one in found
    }
    assert set(shown) == {"kind", "send_at"}
    assert shown["kind"] == ["Sự kiện"]
