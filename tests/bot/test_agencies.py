"""Agencies and feed keys as an operator adds them."""

import pytest

from bot.agencies import InputFault, UnknownAgency, add_agency, list_agencies, set_agency
from bot.database import reading
from bot.feed_keys import add_feed_key, revoke_feed_key
from bot.runtime import Runtime
from bot.store.feed_keys import feed_key_in_force
from tests.make import make_runtime


@pytest.fixture
def runtime(database_url: str) -> Runtime:
    return make_runtime(database_url)


def test_an_agency_added_again_is_updated_by_what_is_given(runtime: Runtime) -> None:
    add_agency(runtime, "H32", "Ủy ban nhân dân tỉnh")
    add_agency(runtime, "H32.15", "Sở cũ", sms_name="So cu", parent="H32")
    again = add_agency(runtime, "H32.15", "Sở mới")
    assert (again.name, again.sms_name, again.parent) == ("Sở mới", "So cu", "H32")
    assert [agency.code for agency in list_agencies(runtime)] == ["H32", "H32.15"]


def test_switches_are_off_until_they_are_set(runtime: Runtime) -> None:
    fresh = add_agency(runtime, "H32", "Ủy ban nhân dân tỉnh")
    assert (fresh.same_day_notices, fresh.step_sms, fresh.result_hold_minutes) == (False, False, 0)
    set_agency(runtime, "H32", step_sms=True, result_hold_minutes=30)
    set_agency(runtime, "H32", same_day_notices=True, name="UBND tỉnh")
    assert list_agencies(runtime) == [
        set_agency(runtime, "H32"),
    ]
    [kept] = list_agencies(runtime)
    assert (kept.name, kept.same_day_notices, kept.step_sms) == ("UBND tỉnh", True, True)
    assert kept.result_hold_minutes == 30


def test_what_a_desk_says_of_itself_is_kept_and_taken_away(runtime: Runtime) -> None:
    add_agency(runtime, "H32", "Ủy ban nhân dân tỉnh")
    said = set_agency(runtime, "H32", address=" 1 Trần Phú ", hotline="1022", code_head="h32.1")
    assert (said.address, said.hotline, said.code_head, said.head) == (
        "1 Trần Phú", "1022", "H32.1", "H32.1",
    )  # fmt: skip
    silent = set_agency(runtime, "H32", address="", code_head=" ")
    assert (silent.address, silent.hotline, silent.head) == (None, "1022", "H32")


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("address", "x" * 301),
        ("place", "a\nb"),
        ("work_hours", "sáng"),
        ("work_hours", "07:00-11:30,11:00-17:00"),
        ("code_head", "UBND"),
        ("code_head", "H32-15"),
        ("code_head", "H32.1"),
    ],
)
def test_what_a_desk_cannot_say_is_refused(runtime: Runtime, fact: str, value: str) -> None:
    add_agency(runtime, "H32", "Ủy ban nhân dân tỉnh")
    add_agency(runtime, "H32.1", "Sở", parent="H32")
    with pytest.raises(InputFault, match="came"):
        set_agency(runtime, "H32", **{fact: value})  # type: ignore[arg-type]
    assert [one.code_head for one in list_agencies(runtime)] == [None, None]


def test_names_are_kept_composed(runtime: Runtime) -> None:
    assert add_agency(runtime, "H32", "So\u031b\u0309 ").name == "Sở"


@pytest.mark.parametrize("code", ["", " ", "H 32", "H32\n15", "x" * 41, "H\u200b32"])
def test_a_code_that_nobody_could_type_again_is_refused(runtime: Runtime, code: str) -> None:
    with pytest.raises(InputFault, match="came, expected"):
        add_agency(runtime, code, "Sở")
    assert list_agencies(runtime) == []


@pytest.mark.parametrize("name", ["", "  ", "n" * 201, "Sở\nkhác"])
def test_a_name_that_could_not_be_told_is_refused(runtime: Runtime, name: str) -> None:
    with pytest.raises(InputFault, match="came, expected"):
        add_agency(runtime, "H32", name)


def test_an_unknown_parent_is_named(runtime: Runtime) -> None:
    with pytest.raises(UnknownAgency, match="'H99'"):
        add_agency(runtime, "H32", "Tỉnh", parent="H99")
    assert list_agencies(runtime) == []


def test_an_agency_never_comes_to_stand_above_itself(runtime: Runtime) -> None:
    add_agency(runtime, "A", "một")
    add_agency(runtime, "B", "hai", parent="A")
    add_agency(runtime, "C", "ba", parent="B")
    for parent in ("A", "B", "C"):
        with pytest.raises(InputFault, match="below"):
            add_agency(runtime, "A", "một", parent=parent)
    with pytest.raises(InputFault, match="below"):
        add_agency(runtime, "D", "bốn", parent="D")
    assert [agency.parent for agency in list_agencies(runtime)] == [None, "A", "B"]


def test_an_unknown_agency_cannot_be_set_or_fed(runtime: Runtime) -> None:
    with pytest.raises(UnknownAgency):
        set_agency(runtime, "H32", step_sms=True)
    with pytest.raises(UnknownAgency):
        set_agency(runtime, "H32")
    with pytest.raises(UnknownAgency):
        add_feed_key(runtime, "H32")


@pytest.mark.parametrize("minutes", [-1, 10_081])
def test_a_result_is_held_a_week_at_most(runtime: Runtime, minutes: int) -> None:
    add_agency(runtime, "H32", "Tỉnh")
    with pytest.raises(InputFault, match="result-hold-minutes"):
        set_agency(runtime, "H32", result_hold_minutes=minutes)


def test_a_feed_keys_secret_is_stored_sealed(runtime: Runtime) -> None:
    add_agency(runtime, "H32", "Tỉnh")
    new = add_feed_key(runtime, "H32", all_agencies=True)
    with reading(runtime.engine) as connection:
        stored = feed_key_in_force(connection, new.id)
    assert stored is not None
    assert new.secret.encode() not in stored.secret
    assert runtime.vault.open_text(stored.secret) == new.secret
    assert (stored.key.agency_code, stored.key.all_agencies) == ("H32", True)


def test_a_key_is_revoked_once(runtime: Runtime) -> None:
    add_agency(runtime, "H32", "Tỉnh")
    new = add_feed_key(runtime, "H32")
    revoke_feed_key(runtime, new.id)
    with pytest.raises(InputFault, match="in force"):
        revoke_feed_key(runtime, new.id)
