"""`apologise` at the shell: what it would do, what it does, and what it does not take."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.core.snapshot import FeedDossier, Procedure, Ticks, Times
from bot.database import reading
from bot.register import register_dossiers
from bot.runtime import Runtime
from bot.store.feed_keys import FeedKey
from bot.store.notice_tables import notice
from tests.conversation import make_house
from tests.doors.command import Shell, make_shell

FRIDAY = datetime.fromisoformat("2026-11-27T17:30:00+07:00")
ESMS = {"SMS_GATEWAY": "esms", "ESMS_API_KEY": "key", "ESMS_SECRET_KEY": "secret"}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return make_shell(tmp_path)


@pytest.fixture
def runtime(shell: Shell) -> Runtime:
    """A house whose dossiers are promised for Saturday, Monday (two, one without a phone) and
    Tuesday."""
    runtime = make_house(shell.environ["DATABASE_URL"]).runtime
    told = [
        FeedDossier(
            code=f"H56.14-261101-{number:04d}",
            agency="H56.14",
            procedure=Procedure("1.003560", "Đăng ký khai sinh"),
            step="Thẩm định hồ sơ",
            status=4,
            changed_at=datetime.fromisoformat("2026-11-24T09:00:00+07:00"),
            times=Times(due_at=FRIDAY + timedelta(days=days)),
            phone=phone,
            notify=Ticks(sms=True),
        )
        for number, (days, phone) in enumerate(
            [(1, "0905123456"), (3, "0905123456"), (3, None), (4, "0905123456")], start=1
        )
    ]
    register_dossiers(runtime, FeedKey("test", "H56.14", False), told)
    return runtime


def apologies(runtime: Runtime) -> int:
    with reading(runtime.engine) as connection:
        chosen = select(func.count()).where(notice.c.event == "apology")
        return int(connection.execute(chosen).scalar_one())


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-27T17:30:00+07:00",
        "2026-11-27T10:30:00Z",
        "2026-11-27T17:30",
        "2026-11-27 06:00",
        "2026-11-27",
        "20261127T2300",
    ],
)
def test_a_dry_run_prints_a_line_for_each_and_writes_nothing(
    shell: Shell, runtime: Runtime, at: str
) -> None:
    told = shell.bot("apologise", "--at", at, "--dry-run", **ESMS)
    assert (told.code, told.out.splitlines()) == (
        0,
        [
            "H56.14-261101-0001\t28/11/2026\tsms",
            "H56.14-261101-0002\t30/11/2026\tsms",
            "H56.14-261101-0003\t30/11/2026\tnone",
        ],
    )
    assert apologies(runtime) == 0


def test_it_owes_once_per_due_date(shell: Shell, runtime: Runtime) -> None:
    for at, owed in (("2026-11-27T17:30", 3), ("2026-11-27T17:30", 0), ("2026-11-30T23:59", 1)):
        told = shell.bot("apologise", "--at", at)
        assert (told.code, told.out) == (0, f"apologies owed: {owed}\n")
    assert apologies(runtime) == 4
    assert shell.bot("apologise", "--at", "2026-11-27T17:30", "--dry-run").out == ""


@pytest.mark.usefixtures("runtime")
def test_without_a_moment_it_is_now(shell: Shell) -> None:
    now = datetime.now(FRIDAY.tzinfo)
    offset = str(int((FRIDAY - now).total_seconds()))
    told = shell.bot("apologise", "--dry-run", CLOCK_OFFSET_SECONDS=offset)
    assert len(told.out.splitlines()) == 3


@pytest.mark.parametrize(
    "at",
    ["half past five", "17:30", "2026-13-01", "2026-02-29T17:30", "", "0001-01-01", "9999-12-31"],
)
def test_what_is_no_moment_is_one_line(shell: Shell, at: str) -> None:
    told = shell.bot("apologise", "--at", at)
    assert (told.code, told.out, len(told.lines)) == (2, "", 1)
    assert repr(at) in told.err
    assert "2026-11-23T17:30+07:00" in told.err
