"""A worker dies amid the evening's apologies: the next one goes on, and nobody is told twice."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select

from bot.agencies import add_agency
from bot.calendar_file import load_calendar
from bot.core.apology import evening_of
from bot.database import reading
from bot.runtime import Runtime
from bot.store.apologies import Run, run_of
from bot.store.notice_tables import notice
from bot.store.tables import dossier
from tests.conftest import StartChild
from tests.make import FIELD_KEY, SECRET_KEY, make_runtime, make_settings
from tests.rig.child import Child, wait_until
from tests.rig.warm_child import WarmChild

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SETTINGS = make_settings("sqlite://")
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers there
DOSSIERS = 20_000
LEASE_OVER = 90  # seconds: past the lease of the timed job that a dead worker held


@pytest.fixture
def today() -> datetime:
    """This evening, at five minutes past half past five."""
    return datetime.combine(datetime.now(VIETNAM).date(), time(17, 35), VIETNAM)


@pytest.fixture
def runtime(database_url: str, today: datetime) -> Iterator[Runtime]:
    """A house where many were promised the next working day, and have no phone."""
    built = make_runtime(database_url, now=lambda: datetime.now(UTC))
    add_agency(built, "H56.14", "UBND phường Mẫu")
    due = evening_of(today.date(), load_calendar(), VIETNAM).until - timedelta(hours=7)
    shared = {
        "agency_code": "H56.14",
        "procedure_code": "1.003560",
        "procedure_name": "Đăng ký khai sinh",
        "step": "Thẩm định hồ sơ",
        "status": 4,
        "changed_at": today,
        "due_at": due,
        "phone_line": "missing",
        "notify_zalo": False,
        "notify_sms": True,
        "notify_post": False,
        "content": b"content",
        "first_seen_at": today,
        "updated_at": today,
    }
    rows = [{"code": f"H56.14-261101-{number:06d}", **shared} for number in range(DOSSIERS)]
    with built.engine.begin() as connection:
        connection.execute(insert(dossier), rows)
    yield built
    built.engine.dispose()


def burst(start: StartChild, runtime: Runtime, redis_url: str, folder: Path, at: datetime) -> Child:
    """A worker that does what is due at this moment."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": runtime.settings.database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": SECRET_KEY,
        "FIELD_KEYS": FIELD_KEY,
        "ZALO_APP_ID": SETTINGS.zalo_app_id,
        "ZALO_APP_SECRET": SETTINGS.zalo_app_secret,
        "ZALO_OA_ID": SETTINGS.zalo_oa_id,
        "ZALO_OA_SECRET_KEY": SETTINGS.zalo_oa_secret_key,
        "ZALO_OAUTH_URL": NOWHERE,
        "ZALO_OPENAPI_URL": NOWHERE,
        "ZALO_BUSINESS_URL": NOWHERE,
        "CLOCK_OFFSET_SECONDS": str(int((at - datetime.now(UTC)).total_seconds())),
    }
    return start([sys.executable, "-m", "bot", "work", "--burst"], env=environ, kind=WarmChild)


def run(runtime: Runtime, today: datetime) -> Run | None:
    with reading(runtime.engine) as connection:
        return run_of(connection, today.date())


def per_dossier(runtime: Runtime) -> list[int]:
    """How many apologies each dossier that has some has."""
    with reading(runtime.engine) as connection:
        return list(
            connection.scalars(
                select(func.count())
                .where(notice.c.event == "apology")
                .group_by(notice.c.dossier_id)
            )
        )


def test_killed_half_way_the_next_worker_goes_on(
    start_child: StartChild, runtime: Runtime, redis_url: str, tmp_path: Path, today: datetime
) -> None:
    first = burst(start_child, runtime, redis_url, tmp_path, today)
    wait_until(
        lambda: bool(run(runtime, today) and per_dossier(runtime)), "a batch", timeout=30, every=0
    )
    first.kill9()
    told = len(per_dossier(runtime))
    half = run(runtime, today)
    assert half is not None
    assert 0 < told < DOSSIERS
    assert (half.owed, half.finished_at) == (told, None)

    later = today + timedelta(seconds=LEASE_OVER)
    second = burst(start_child, runtime, redis_url, tmp_path, later)
    wait_until(
        lambda: (done := run(runtime, today)) is not None and done.finished_at is not None,
        "the end of the evening's run",
        timeout=60,
        every=0.05,
    )
    second.kill9()
    assert per_dossier(runtime) == [1] * DOSSIERS
    done = run(runtime, today)
    assert done is not None
    assert done.owed == DOSSIERS
