"""How agencies end and follow each other: who serves, and what can never be."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.agency import Agency, family, line_up, parents_of
from bot.core.agency_faults import Kind
from bot.core.agency_life import fed_by, place_misfits, served_by, settled

END, NEXT = date(2025, 6, 30), date(2025, 7, 1)  # the mergers of communes
FRESH = Agency("", "", None, None, same_day_notices=False, step_sms=False, result_hold_minutes=0)


def known(*told: Agency) -> dict[str, Agency]:
    return {one.code: one for one in told}


def named(code: str, parent: str | None = None, **life: object) -> Agency:
    return replace(FRESH, code=code, name=code, parent=parent, **life)  # type: ignore[arg-type]


# A province, a district with two communes, and the ward that takes over the first of them.
OLD = named("H.1.a", "H.1", valid_to=END, successor="H.w")
BEFORE = known(named("H"), named("H.1", "H"), OLD, named("H.1.b", "H.1"), named("H.w", "H"))


def test_the_last_day_is_still_served_by_itself_and_the_next_by_the_successor() -> None:
    assert served_by(BEFORE, "H.1.a", END) is None
    assert served_by(BEFORE, "H.1.a", NEXT) == "H.w"
    assert served_by(BEFORE, "H.w", NEXT) is None
    assert [OLD.takes_in(END), OLD.takes_in(NEXT)] == [True, False]


def test_a_chain_is_followed_as_far_as_it_has_come() -> None:
    later = date(2026, 1, 31)
    chain = BEFORE | known(named("H.w", "H", valid_to=later, successor="H.z"), named("H.z", "H"))
    assert served_by(chain, "H.1.a", later) == "H.w"
    assert served_by(chain, "H.1.a", date(2026, 2, 1)) == "H.z"


def test_the_successor_covers_what_it_follows_and_not_the_district_that_stood_above() -> None:
    after = parents_of(settled(BEFORE, NEXT))
    assert family(after, "H.w") == {"H.w", "H.1.a"}
    assert family(after, "H.1") == {"H.1", "H.1.b"}
    assert family(after, "H") == BEFORE.keys()
    assert line_up(after, "H.1.a") == ("H.1.a", "H.w", "H")


def test_keys_of_old_and_new_feed_the_old_code() -> None:
    after = settled(BEFORE, NEXT)
    assert fed_by(after, "H.1.a") == {"H.1.a"}
    assert fed_by(after, "H.w") == {"H.w", "H.1.a"}
    assert fed_by(after, "H.1") == {"H.1", "H.1.a", "H.1.b"}  # its software knows nothing of it


@pytest.mark.parametrize(
    ("wished", "kinds"),
    [
        (named("H.w", "H", valid_to=END, successor="H.1.a"), [Kind.SUCCESSOR_BELOW]),
        (named("H.w", "H.1.a"), [Kind.PARENT_BELOW]),
        (named("H.1", "H", valid_to=END, successor="H.1.b"), [Kind.SUCCESSOR_BELOW]),
        (named("H.1.b", "H.1", successor="H.w"), [Kind.ENDS_NEVER]),
        (named("H.1.b", "H.1", valid_to=END, successor="H.1.b"), [Kind.SUCCESSOR_BELOW]),
        (named("H.1.b", "H.9"), [Kind.UNKNOWN]),
        (named("H.1.b", "H.1", valid_to=END, successor="H.9"), [Kind.UNKNOWN]),
        (named("H.1.b", "H.1", valid_from=NEXT, valid_to=END), [Kind.DATES_ORDER]),
        (named("H.w", "H", valid_from=date(2025, 7, 2)), [Kind.FOLLOWED]),
        (named("H.w", "H", valid_to=END), [Kind.FOLLOWED]),
        (named("H.w", "H", valid_from=NEXT), []),
        (named("H.1.b", "H.1", valid_to=END, successor="H.w"), []),  # several into one
        (named("H.1", "H", valid_to=END, successor="H.w"), []),
    ],
)
def test_what_cannot_be_is_named(wished: Agency, kinds: list[Kind]) -> None:
    assert [one.kind for one in place_misfits(BEFORE, wished)] == kinds


def test_a_successor_that_begins_too_late_leaves_a_gap() -> None:
    late = known(*BEFORE.values()) | known(named("H.n", "H", valid_from=date(2025, 7, 2)))
    wished = named("H.1.b", "H.1", valid_to=END, successor="H.n")
    assert [one.kind for one in place_misfits(late, wished)] == [Kind.GAP]
    touching = late | known(named("H.n", "H", valid_from=NEXT))
    assert not list(place_misfits(touching, wished))


CODES = "abcde"
DAYS = [date(2025, 6, day) for day in range(1, 8)]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.sampled_from([None, *CODES]),
        st.sampled_from([None, *CODES]),
        st.sampled_from(DAYS),
    ),
    max_size=30,
)


@given(CHANGES)
def test_whatever_is_allowed_one_by_one_never_closes_a_circle(
    changes: list[tuple[str, str | None, str | None, date]],
) -> None:
    agencies = known(*(named(code) for code in CODES))
    for code, parent, successor, ends in changes:
        wished = named(code, parent, valid_to=ends if successor else None, successor=successor)
        if not list(place_misfits(agencies, wished)):
            agencies[code] = wished
    for day in (*DAYS, date(2025, 7, 1)):
        above = parents_of(settled(agencies, day))
        for code in CODES:
            top = line_up(above, code)[-1]
            assert above[top] is None, (day, code)
