"""What is promised for today or is late stands on one page, counted on the first one."""

from datetime import timedelta

import pytest

from bot.core.snapshot import Times
from bot.core.staff import Role
from tests.console.counter import feed, make_counter
from tests.console.desk import Desk
from tests.make import NOW


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = make_counter(database_url)
    for number, days, status in ((1, 0, 4), (2, -3, 2), (3, 1, 4), (4, 0, 9), (5, -60, 4)):
        due = Times(due_at=NOW + timedelta(days=days))
        feed(desk, f"H56.14-261101-000{number}", times=due, status=status)
    feed(desk, "H56.15-261101-0001", "H56.15", times=Times(due_at=NOW))
    return desk


def test_today_and_late_ones_are_listed_the_earliest_first(desk: Desk) -> None:
    page = desk.login(Role.CLERK).get("/console/den-han").text
    assert page.index("H56.14-261101-0002") < page.index("H56.14-261101-0001")
    assert page.count("Trễ hạn</span>") == 1
    for number in (3, 4, 5):
        assert f"H56.14-261101-000{number}" not in page
    assert "H56.15" not in page


def test_the_first_page_counts_them(desk: Desk) -> None:
    page = desk.login(Role.CLERK).get("/console/").text
    assert 'href="/console/den-han"' in page
