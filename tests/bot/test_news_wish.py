"""Citizens say whether they want announcements; codes lead into groups."""

import pytest
from sqlalchemy import select

from bot.agencies import add_agency
from bot.core.invitation import Purpose, read_invitation
from bot.core.staff import Actor, Role
from bot.invite import end, groups, invite, shown_invitations
from bot.store.announcement_tables import announcement_optout
from bot.store.announcement_wishes import is_out
from bot.store.notice_tables import consent
from tests.bot.announcement_stage import Stage, actor_of, make_stage
from tests.conversation import House, make_house
from tests.proving import stored, withdraw_event
from tests.zalo_calls import CITIZEN, relation_event


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url)


@pytest.fixture
def staff(house: House) -> Actor:
    add_agency(house.runtime, "H56", "UBND tỉnh")
    return actor_of(house.runtime, "lan.nt", Role.ANNOUNCER, agencies=frozenset({"H56", "H56.14"}))


def out(house: House) -> bool:
    with house.runtime.engine.connect() as connection:
        return is_out(connection, CITIZEN)


@pytest.mark.parametrize(
    "text", ["thôi nhận bản tin", "Tôi không muốn nhận bản tin nữa", "#THOIBANTIN", "tắt bản tin"]
)
def test_no_announcements_is_said_and_notices_go_on(house: House, text: str) -> None:
    said = house.say(text)
    assert out(house)
    assert "Thông báo về hồ sơ của Ông/Bà vẫn được gửi" in said
    house.say("nhận bản tin")
    assert not out(house)


@pytest.mark.parametrize("text", ["thôi nhận tin", "STOP", "xóa thông tin"])
def test_who_wants_silence_gets_no_announcements_either(house: House, text: str) -> None:
    house.say(text)
    assert out(house)


def test_a_withdrawal_ends_announcements_too(house: House) -> None:
    house.say("chào")
    house.hear(withdraw_event())
    assert out(house)


def test_who_left_and_came_back_hears_again(house: House) -> None:
    house.hear(relation_event("follow"))
    house.hear(relation_event("unfollow", at="1795572100000"))
    assert not out(house)


def test_what_was_said_is_kept_as_consent(house: House) -> None:
    house.say("thôi nhận bản tin")
    house.say("nhận bản tin")
    rows = [row for row in stored(house, consent) if row["about"] == "news"]
    assert [row["given"] for row in rows] == [False, True]


# Codes


def test_a_code_leads_an_official_into_the_group(house: House, staff: Actor) -> None:
    code = invite(house.runtime, staff, Purpose.OFFICIAL, "Cán bộ một cửa")
    assert code is not None
    assert '"Cán bộ một cửa"' in house.say(f" {code.lower()} ")
    assert groups(house.runtime).officials == [("Cán bộ một cửa", 1)]
    house.say("thôi nhận bản tin")
    assert groups(house.runtime).officials == []


def test_a_testers_code_leads_to_the_account_that_made_it(house: House, staff: Actor) -> None:
    code = invite(house.runtime, staff, Purpose.TESTER)
    assert "lan.nt" in house.say(str(code))
    assert [login for login, _ in groups(house.runtime).testers] == ["lan.nt"]


@pytest.mark.parametrize("how", ["wrong", "late", "ended"])
def test_a_code_that_does_not_hold_is_told_so(house: House, staff: Actor, how: str) -> None:
    code = invite(house.runtime, staff, Purpose.OFFICIAL, "Cán bộ")
    if how == "late":
        house.clock.move(days=31)
    if how == "ended":
        [shown] = shown_invitations(house.runtime, staff)
        assert end(house.runtime, staff, shown.invitation.id)
    typed = "MOI-AAAA-BBBB" if how == "wrong" else str(code)
    assert "không dùng được" in house.say(typed)
    assert groups(house.runtime).officials == []


def test_a_group_needs_a_name(house: House, staff: Actor) -> None:
    assert invite(house.runtime, staff, Purpose.OFFICIAL, "  ") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MOI-7KQ4-M2XP", "MOI-7KQ4-M2XP"),
        ("moi-7kq4m2xp", "MOI-7KQ4-M2XP"),
        ("MOI–7KQ4–M2XP.", "MOI-7KQ4-M2XP"),
        ("mới nhất theo luật", None),
        ("MOI-7KQ4-M2X", None),
        ("mã MOI-7KQ4-M2XP", None),
        ("MOI-7KQ0-M2XP", None),
    ],
)
def test_only_a_text_that_is_nothing_else_is_a_code(text: str, code: str | None) -> None:
    assert read_invitation(text) == code


def test_officials_are_shown_their_codes_again(database_url: str) -> None:
    stage: Stage = make_stage(database_url)
    code = invite(stage.runtime, stage.writer, Purpose.OFFICIAL, "Cán bộ")
    [shown] = shown_invitations(stage.runtime, stage.writer)
    assert (shown.code, shown.holds) == (code, True)
    with stage.runtime.engine.connect() as connection:
        assert connection.execute(select(announcement_optout)).all() == []
