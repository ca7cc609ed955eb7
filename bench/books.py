"""A year's books: how long any page takes, how it grows, and what reckoning one day takes."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import text

from bench.book_rows import DAYS, file_year, keep_year
from bench.row import Row, percentile
from bench.servers import KINDS, Ground, Servers
from bot.core.staff import Role
from bot.keep_books import keep_books
from bot.reckon_day import reckon_day
from bot.reconcile import reconcile
from bot.runtime import Runtime
from bot.staff import NewAccount, add_account
from tests.console.desk import PASSWORD, Client
from wsgi import create_app

SIZES, FULL = (50_000, 100_000), (1_000_000, 2_000_000)
ASKED = 20  # times each page
MOST_SECONDS, MOST_GROWTH = 1.0, 1.3


def run(servers: Servers, full: bool) -> list[Row]:
    """Both databases, half the dossiers and all of them."""
    rows = []
    for kind in KINDS:
        pages = []
        for count in FULL if full else SIZES:
            with servers.ground(kind) as ground:
                pages.append(_pages(ground, count))
        (_, small), (reckoning, large) = pages
        rows += _rows(kind, (FULL if full else SIZES)[1], small, large)
        rows.append(Row(f"… one of its days reckoned from its events, {kind}", reckoning))
    return rows


def _rows(kind: str, count: int, small: dict[str, float], large: dict[str, float]) -> list[Row]:
    found = []
    for name, seconds in large.items():
        growth = seconds / small[name]
        narrow = name in ("a month", "a month's days")
        reached = seconds <= MOST_SECONDS and (not narrow or growth <= MOST_GROWTH)
        bar = f"p95 ≤ {MOST_SECONDS:g} s" + (f", twice the data ≤ {MOST_GROWTH}" if narrow else "")
        found.append(
            Row(
                f"books of {count:,} dossiers, {3 * count:,} attempts: {name}, {kind}",
                f"p95 {1000 * seconds:.0f} ms",
                f"half the dossiers {1000 * small[name]:.0f} ms",
                f"{growth:.2f}",
                bar,
                reached,
            )
        )
    return found


def _pages(ground: Ground, count: int) -> tuple[str, dict[str, float]]:
    runtime = ground.runtime()
    today = runtime.today()
    first = datetime.combine(today - timedelta(days=DAYS), datetime.min.time())
    file_year(runtime.engine, count, first.replace(tzinfo=runtime.settings.zone))
    keep_year(runtime.engine)
    _forget_days(runtime, today)
    keep_books(runtime)  # the last days as the job makes them, and today
    yesterday = today - timedelta(days=1)
    reckoning = _reckoning(runtime, yesterday)
    if not reconcile(runtime, yesterday).closes:
        raise RuntimeError("the generated day does not close")
    found = {name: _p95(page) for name, page in _opened(runtime, yesterday).items()}
    runtime.engine.dispose()
    return reckoning, found


def _forget_days(runtime: Runtime, today: date) -> None:
    """Let the job believe that all but the last two days were frozen."""
    with runtime.engine.begin() as connection:
        if runtime.engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
        connection.execute(
            text("INSERT INTO book_day (day, frozen_at, reckoned_at, unsettled) "
                 "VALUES (:day, :now, :now, 0)"),
            {"day": str(today - timedelta(days=3)), "now": str(runtime.now())},
        )  # fmt: skip


def _reckoning(runtime: Runtime, day: date) -> str:
    began = time.perf_counter()
    reckoned = reckon_day(runtime, day)
    seconds = time.perf_counter() - began
    messages = sum(row["due"] for key, row in reckoned.figures.tallies.items() if key[0] == "")
    return f"{seconds:.2f} s for {messages:,} messages"


def _opened(runtime: Runtime, yesterday: date) -> dict[str, Callable[[], object]]:
    add_account(runtime, None, NewAccount("hoa", frozenset({Role.SUPERVISOR}), None, ""), PASSWORD)
    client = Client(create_app(runtime).test_client())
    client.enter("hoa")
    month = yesterday.strftime("%Y-%m")
    year = f"tu={(yesterday - timedelta(days=330)).strftime('%Y-%m')}&den={month}"
    pages = {
        "a month": f"?tu={month}",
        "a month of one agency and all below": f"?tu={month}&co_quan=A7",
        "the year": f"?{year}",
        "the year of one procedure": f"?{year}&thu_tuc=P11",
        "the year's questions": f"/cau-hoi?{year}",
        "the year as CSV, by procedure": f"/xuat.csv?{year}&bang=thu-tuc",
        "a month's days": f"/ngay?thang={month}&so=due",
        "the agencies behind a day's figure": f"/ho-so?ngay={yesterday}&so=received",
        "the dossiers behind an agency's": f"/ho-so?ngay={yesterday}&so=due&co_quan=A7&rieng=1",
    }

    def opened(path: str) -> Callable[[], object]:
        def page() -> object:
            answer = client.get("/console/bao-cao" + path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}")
            return answer.get_data()

        return page

    return {name: opened(path) for name, path in pages.items()}


def _p95(page: Callable[[], object]) -> float:
    taken = []
    page()
    for _ in range(ASKED):
        began = time.perf_counter()
        page()
        taken.append(time.perf_counter() - began)
    return percentile(taken, 0.95)
