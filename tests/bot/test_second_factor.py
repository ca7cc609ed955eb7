"""The second factor: set up, asked for, each code once, lost and reset."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.core.log_in import EndedWhy
from bot.core.staff import Actor, Role
from bot.log_in import NoSession, Standing, log_in, standing
from bot.reset_factor import reset_factor
from bot.second_factor import (
    FactorFault,
    codes_left,
    confirm_factor,
    drop_own_factor,
    offer_factor,
    prove_code,
    renew_recovery_codes,
)
from bot.staff import StaffFault, list_accounts
from bot.store.account_tables import recovery_code
from bot.store.counter_tables import audit_entry, staff
from tests.console.desk import PASSWORD, Desk
from tests.factors import HERE, Telephone, set_up, shown, within

LOGIN = "quan.tri"


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = Desk(database_url, settings={"second_factor": "required"})
    desk.account(Role.ADMINISTRATOR, login=LOGIN)
    return desk


@pytest.fixture
def telephone(desk: Desk) -> Telephone:
    return set_up(desk.runtime, LOGIN, PASSWORD)


def half(desk: Desk) -> Standing:
    """A log-in whose password was right."""
    return within(desk.runtime, LOGIN, PASSWORD)


def deeds(desk: Desk) -> list[str]:
    with desk.runtime.engine.connect() as connection:
        chosen = select(audit_entry.c.action).where(audit_entry.c.about == "staff")
        return list(connection.scalars(chosen.order_by(audit_entry.c.id)))


def test_administrators_and_approvers_are_led_to_set_one_up_others_are_not(desk: Desk) -> None:
    found = {}
    for role in Role:
        login = desk.account(role)
        found[role] = within(desk.runtime, login, PASSWORD).must_enrol
    assert {role for role, must in found.items() if must} == {Role.ADMINISTRATOR, Role.APPROVER}


def test_where_it_is_optional_nobody_is_led_to_it(sqlite_url: str) -> None:
    desk = Desk(sqlite_url, settings={"second_factor": "optional"})
    desk.account(Role.ADMINISTRATOR, login=LOGIN)
    assert not half(desk).must_enrol
    set_up(desk.runtime, LOGIN, PASSWORD)
    assert half(desk).must_prove


def test_after_the_password_the_code_completes_the_log_in(desk: Desk, telephone: Telephone) -> None:
    desk.clock.move(minutes=1)
    opened = log_in(desk.runtime, LOGIN, PASSWORD, HERE)
    assert opened is not None
    assert opened.must_prove
    present = standing(desk.runtime, opened.token, HERE)
    assert isinstance(present, Standing)
    assert present.must_prove
    assert deeds(desk)[-1] == "login.half"
    assert prove_code(desk.runtime, present, f" {telephone.code()[:3]} {telephone.code()[3:]}")
    after = standing(desk.runtime, opened.token, HERE)
    assert isinstance(after, Standing)
    assert (after.must_prove, after.must_enrol) == (False, False)
    assert deeds(desk)[-1] == "login.ok"


@pytest.mark.parametrize(("ahead", "taken"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_telephone_may_be_half_a_minute_off(
    desk: Desk, telephone: Telephone, ahead: int, taken: bool
) -> None:
    desk.clock.move(minutes=5)
    assert prove_code(desk.runtime, half(desk), telephone.code(ahead)) is taken


def test_a_code_is_taken_once_and_none_before_it(desk: Desk, telephone: Telephone) -> None:
    assert not prove_code(desk.runtime, half(desk), telephone.code())  # spent by setting up
    desk.clock.move(minutes=1)
    code, earlier = telephone.code(), telephone.code(-1)
    assert prove_code(desk.runtime, half(desk), code)
    assert not prove_code(desk.runtime, half(desk), code)
    assert not prove_code(desk.runtime, half(desk), earlier)


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_one_code_in_ten_requests_at_once_opens_one_session(
    desk: Desk, telephone: Telephone, kind: str
) -> None:
    desk.clock.move(minutes=1)
    code = telephone.code() if kind == "app" else telephone.recovery[0]
    sessions = [half(desk) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        proved = list(pool.map(lambda one: prove_code(desk.runtime, one, code), sessions))
    assert proved.count(True) == 1


def test_each_recovery_code_stands_in_once(desk: Desk, telephone: Telephone) -> None:
    assert len(set(telephone.recovery)) == 10
    typed = telephone.recovery[3].upper().replace("-", " ")
    assert prove_code(desk.runtime, half(desk), typed)
    assert codes_left(desk.runtime, half(desk)) == 9
    assert not prove_code(desk.runtime, half(desk), telephone.recovery[3])
    assert prove_code(desk.runtime, half(desk), telephone.recovery[4])


def test_recovery_codes_of_another_account_open_nothing(desk: Desk, telephone: Telephone) -> None:
    desk.account(Role.APPROVER, login="duyet")
    other = set_up(desk.runtime, "duyet", PASSWORD)
    assert not prove_code(desk.runtime, half(desk), other.recovery[0])


def test_wrong_codes_count_to_the_lock_out_and_a_right_password_takes_none_back(
    desk: Desk, telephone: Telephone
) -> None:
    desk.clock.move(minutes=1)
    for _ in range(5):
        present = half(desk)
        assert not prove_code(desk.runtime, present, "000000")
    assert deeds(desk)[-1] == "login.locked"
    assert not prove_code(desk.runtime, present, telephone.code())
    assert log_in(desk.runtime, LOGIN, PASSWORD, HERE) is None
    desk.clock.move(minutes=15)
    assert prove_code(desk.runtime, half(desk), telephone.code())


def test_four_wrong_passwords_before_a_right_one_leave_room_for_the_code(
    desk: Desk, telephone: Telephone
) -> None:
    desk.clock.move(minutes=1)
    for _ in range(4):
        log_in(desk.runtime, LOGIN, "sai mật khẩu mất rồi", HERE)
    assert prove_code(desk.runtime, half(desk), telephone.code())


def test_setting_up_asks_for_a_code_of_the_offered_secret_in_its_own_session(desk: Desk) -> None:
    first, second = half(desk), half(desk)
    offer = offer_factor(desk.runtime, first)
    code = shown(desk.runtime, offer.secret)
    assert f"secret={offer.secret}" in offer.address
    assert offer.address.startswith("otpauth://totp/Mot%20cua")
    assert offer_factor(desk.runtime, first, offer.sealed).secret == offer.secret
    for present, sealed, typed, fault in (
        (first, offer.sealed, "000000", FactorFault.CODE_WRONG),
        (second, offer.sealed, code, FactorFault.OFFER_STALE),
        (first, "made up", code, FactorFault.OFFER_STALE),
    ):
        assert confirm_factor(desk.runtime, present, sealed, typed) is fault
    assert isinstance(confirm_factor(desk.runtime, first, offer.sealed, code), tuple)
    assert confirm_factor(desk.runtime, first, offer.sealed, code) is FactorFault.ALREADY


def test_setting_up_ends_the_other_sessions(desk: Desk) -> None:
    opened = log_in(desk.runtime, LOGIN, PASSWORD, HERE)
    assert opened is not None
    set_up(desk.runtime, LOGIN, PASSWORD)
    assert standing(desk.runtime, opened.token, HERE) is NoSession.FACTOR
    assert NoSession.FACTOR.value == EndedWhy.FACTOR.value


def test_neither_secret_nor_recovery_code_can_be_read_in_the_database(
    desk: Desk, telephone: Telephone
) -> None:
    with desk.runtime.engine.connect() as connection:
        [sealed] = connection.scalars(select(staff.c.second_factor))
        marks = list(connection.scalars(select(recovery_code.c.mark)))
        said = str(connection.execute(text("SELECT * FROM audit_entry")).all())
    assert telephone.secret.encode() not in sealed
    assert desk.runtime.vault.open_text(sealed) == telephone.secret
    assert {len(mark) for mark in marks} == {32}
    for code in (*telephone.recovery, telephone.secret):
        assert code not in said
        assert code.encode() not in marks


def test_new_recovery_codes_ask_for_a_code_and_replace_the_old(
    desk: Desk, telephone: Telephone
) -> None:
    desk.clock.move(minutes=1)
    present = half(desk)
    assert renew_recovery_codes(desk.runtime, present, "000000") is FactorFault.CODE_WRONG
    fresh = renew_recovery_codes(desk.runtime, present, telephone.code())
    assert isinstance(fresh, tuple)
    assert not set(fresh) & set(telephone.recovery)
    assert not prove_code(desk.runtime, half(desk), telephone.recovery[0])
    assert prove_code(desk.runtime, half(desk), fresh[0])


def test_ones_own_is_dropped_with_a_code_and_has_to_be_set_up_anew(
    desk: Desk, telephone: Telephone
) -> None:
    desk.clock.move(minutes=1)
    present = half(desk)
    assert drop_own_factor(desk.runtime, present, "000000") is FactorFault.CODE_WRONG
    assert drop_own_factor(desk.runtime, present, telephone.code()) is None
    assert drop_own_factor(desk.runtime, present, telephone.code()) is FactorFault.NONE
    again = half(desk)
    assert (again.must_prove, again.must_enrol) == (False, True)


def boss(desk: Desk) -> Actor:
    login = desk.account(Role.ADMINISTRATOR, login="sep")
    return within(desk.runtime, login, PASSWORD).actor


def test_another_administrator_resets_what_was_lost_and_sessions_end(
    desk: Desk, telephone: Telephone
) -> None:
    desk.clock.move(minutes=1)
    opened = log_in(desk.runtime, LOGIN, PASSWORD, HERE)
    assert opened is not None
    sep = boss(desk)
    account: Any = reset_factor(desk.runtime, sep, LOGIN)
    assert account.login == LOGIN
    assert deeds(desk)[-1] == "staff.factor_reset"
    assert standing(desk.runtime, opened.token, HERE) is NoSession.FACTOR
    assert half(desk).must_enrol
    assert reset_factor(desk.runtime, sep, LOGIN) == (StaffFault.FACTOR_NONE,)


def test_nobody_resets_ones_own_or_that_of_another_agency_but_the_machine_does(
    desk: Desk, telephone: Telephone
) -> None:
    own = half(desk).actor
    assert reset_factor(desk.runtime, own, LOGIN) == (StaffFault.LOGIN_OWN,)
    desk.account(Role.ADMINISTRATOR, agency="H56.15", login="xa")
    stranger = within(desk.runtime, "xa", PASSWORD).actor
    assert reset_factor(desk.runtime, stranger, LOGIN) == (StaffFault.LOGIN_UNKNOWN,)
    assert not isinstance(reset_factor(desk.runtime, None, LOGIN), tuple)
    assert not any(one.factor for one in list_accounts(desk.runtime, None))
