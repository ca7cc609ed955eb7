"""Accounts over time: passwords age and do not come back, unused ones close, each is reviewed."""

from itertools import pairwise

import pytest
from sqlalchemy import select

from bot.change_password import change_own_password
from bot.core.log_in import PasswordFault
from bot.core.staff import Actor, Role
from bot.log_in import NoSession, log_in, standing
from bot.review_accounts import (
    close_unused,
    count_closed_of_late,
    count_reviews_due,
    review_account,
    to_review,
)
from bot.staff import Change, StaffFault, change_account, list_accounts, reset_password
from bot.store.account_tables import former_password
from bot.store.counter_tables import audit_entry
from tests.console.desk import PASSWORD, Desk
from tests.factors import HERE, within


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = Desk(database_url)
    desk.account(Role.CLERK, login="lan.nguyen", name="Nguyễn Thị Lan")
    return desk


def boss(desk: Desk, agency: str | None = "H56.14") -> Actor:
    return within(
        desk.runtime, desk.account(Role.ADMINISTRATOR, agency=agency, login="sep"), PASSWORD
    ).actor


def deeds(desk: Desk) -> list[tuple[str, str | None]]:
    with desk.runtime.engine.connect() as connection:
        rows = connection.execute(select(audit_entry).order_by(audit_entry.c.id)).all()
    return [(row.action, row.about_key) for row in rows]


def number(count: int) -> str:
    return f"mùa hoa thứ {count} của phố"


def test_the_last_ten_passwords_do_not_come_back(desk: Desk) -> None:
    present = within(desk.runtime, "lan.nguyen", PASSWORD)
    used = [PASSWORD, *(number(count) for count in range(10, 20))]
    for typed, wished in pairwise(used):
        assert change_own_password(desk.runtime, present, typed, wished) == ()
    for old in (used[1], used[5], used[-1]):
        faults = change_own_password(desk.runtime, present, used[-1], old)
        assert faults == (PasswordFault.USED,), old
    assert change_own_password(desk.runtime, present, used[-1], PASSWORD) == ()  # the eleventh
    with desk.runtime.engine.connect() as connection:
        assert len(connection.scalars(select(former_password.c.id)).all()) == 9


def test_what_another_set_counts_as_used_too(desk: Desk) -> None:
    given = str(reset_password(desk.runtime, boss(desk), "lan.nguyen"))
    present = within(desk.runtime, "lan.nguyen", given)
    assert change_own_password(desk.runtime, present, given, PASSWORD) == (PasswordFault.USED,)


def test_a_password_may_not_be_the_persons_name(desk: Desk) -> None:
    present = within(desk.runtime, "lan.nguyen", PASSWORD)
    wished = "Nguyen Thi Lan, H56"
    assert change_own_password(desk.runtime, present, PASSWORD, wished) == (PasswordFault.NAME,)


@pytest.mark.parametrize(("most", "must"), [(90, True), (91, False), (0, False)])
def test_an_ordinary_password_ages_as_the_setting_says(
    sqlite_url: str, most: int, must: bool
) -> None:
    desk = Desk(sqlite_url, settings={"password_max_days": most})
    desk.account(Role.CLERK, login="lan.nguyen")
    for _ in range(3):  # in use meanwhile
        desk.clock.move(days=30)
        present = within(desk.runtime, "lan.nguyen", PASSWORD)
    assert present.must_change is must


def test_an_account_nobody_used_is_closed_listed_and_opened_again(desk: Desk) -> None:
    desk.clock.move(days=44)
    sep = boss(desk)
    assert close_unused(desk.runtime) == []
    opened = log_in(desk.runtime, "sep", PASSWORD, HERE)
    assert opened is not None
    desk.clock.move(days=1)
    assert close_unused(desk.runtime) == ["lan.nguyen"]
    assert close_unused(desk.runtime) == []
    assert deeds(desk)[-1] == ("staff.closed_unused", "lan.nguyen")
    assert count_closed_of_late(desk.runtime, sep) == 1
    [lan] = [one for one in list_accounts(desk.runtime, sep) if one.account.login == "lan.nguyen"]
    assert (lan.disabled, lan.unused) == (True, True)
    assert log_in(desk.runtime, "lan.nguyen", PASSWORD, HERE) is None
    change_account(desk.runtime, sep, "lan.nguyen", Change(disabled=False))
    assert close_unused(desk.runtime) == []
    assert log_in(desk.runtime, "lan.nguyen", PASSWORD, HERE) is not None
    assert count_closed_of_late(desk.runtime, sep) == 0


def test_a_new_password_opens_an_unused_account_but_not_one_that_was_closed(desk: Desk) -> None:
    desk.account(Role.CLERK, login="minh")
    change_account(desk.runtime, None, "minh", Change(disabled=True))
    desk.clock.move(days=45)
    assert close_unused(desk.runtime) == ["lan.nguyen"]
    for login in ("lan.nguyen", "minh"):
        change_account(desk.runtime, None, login, Change(password=number(1)))
    assert log_in(desk.runtime, "lan.nguyen", number(1), HERE) is not None
    assert log_in(desk.runtime, "minh", number(1), HERE) is None


def test_every_half_year_each_account_has_to_be_confirmed(desk: Desk) -> None:
    sep = boss(desk)
    assert count_reviews_due(desk.runtime, sep) == 0
    desk.clock.move(days=183)
    assert count_reviews_due(desk.runtime, sep) == 2
    assert [one.account.login for one in to_review(desk.runtime, sep)] == ["lan.nguyen", "sep"]
    assert not isinstance(review_account(desk.runtime, sep, "lan.nguyen", keep=True), tuple)
    assert count_reviews_due(desk.runtime, sep) == 1
    assert [one.account.login for one in to_review(desk.runtime, sep)] == ["sep", "lan.nguyen"]
    assert deeds(desk)[-1] == ("staff.reviewed", "lan.nguyen")
    [lan] = [one for one in list_accounts(desk.runtime, sep) if one.account.login == "lan.nguyen"]
    assert (lan.reviewed_by, lan.reviewed_at) == ("sep", desk.clock())


def test_what_is_not_confirmed_is_closed_at_once(desk: Desk) -> None:
    opened = log_in(desk.runtime, "lan.nguyen", PASSWORD, HERE)
    assert opened is not None
    sep = boss(desk)
    review_account(desk.runtime, sep, "lan.nguyen", keep=False)
    assert standing(desk.runtime, opened.token, HERE) is NoSession.DISABLED
    assert log_in(desk.runtime, "lan.nguyen", PASSWORD, HERE) is None
    assert [one.account.login for one in to_review(desk.runtime, sep)] == ["sep"]
    unknown = (StaffFault.LOGIN_UNKNOWN,)
    assert review_account(desk.runtime, sep, "lan.nguyen", keep=True) == unknown


def test_nobody_closes_oneself_or_judges_another_agencys_account(desk: Desk) -> None:
    sep = boss(desk)
    desk.account(Role.CLERK, agency="H56.15", login="xa")
    assert review_account(desk.runtime, sep, "sep", keep=False) == (StaffFault.LOGIN_OWN,)
    assert review_account(desk.runtime, sep, "xa", keep=True) == (StaffFault.LOGIN_UNKNOWN,)


def test_a_clock_moved_for_a_rehearsal_closes_no_account(sqlite_url: str) -> None:
    desk = Desk(sqlite_url, settings={"clock_offset_seconds": 50 * 86_400})
    desk.account(Role.CLERK, login="lan.nguyen")
    desk.clock.move(days=50)
    assert close_unused(desk.runtime) == []
