"""A province's year for the books: dossiers, changes, notices, attempts, and their sums."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, text

from bench.owed import file_dossiers, numbers
from bot.store.books import LATEST

DAYS, AGENCIES, PROCEDURES = 365, 200, 97
# What each dossier is told of, so many hours after it came: status, step, event.
MOVES = ((2, "Tiếp nhận", "received"), (4, "Thẩm định", "step"), (9, "Trả kết quả", "result"))
_PLACES = {
    "agency_code": f"'A' || (n % {AGENCIES})",
    "procedure_code": f"'P' || (n % {PROCEDURES})",
    "status": "9",
    "step": "'Trả kết quả'",
}


def file_year(engine: Engine, count: int, first: datetime) -> None:
    """File so many dossiers over the year that begins at `first`, an instant of a local morning."""
    with engine.begin() as connection:
        _agencies(connection)
    file_dossiers(engine, count, told=_PLACES)
    lite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        for hours, (status, step, event) in enumerate(MOVES):
            at = _moment(lite, first + timedelta(hours=hours))
            values = {"status": status, "step": step, "event": event, "no": False, "yes": True}
            connection.execute(text(_CHANGES.format(at=at)), values)
            connection.execute(text(_NOTICES.format(at=at)), values)
        connection.execute(text(_ATTEMPTS))
    if not lite:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _agencies(connection: Connection) -> None:
    connection.execute(
        text(
            "INSERT INTO agency (code, name, same_day_notices, step_sms, result_hold_minutes, "
            f"created_at) {numbers(connection.engine)} SELECT 'A' || (n - 1), 'UBND xã ' || n, "
            ":no, :no, 0, :now FROM numbers"
        ),
        {"count": AGENCIES, "no": False, "now": datetime.fromisoformat("2024-01-01T00:00:00Z")},
    )


def _moment(lite: bool, first: datetime) -> str:
    """The moment of dossier `id`: another day each, spread over some hours of it."""
    minutes = f"(id % {DAYS}) * 1440 + (id / {DAYS}) % 300"
    if lite:
        start = first.strftime("%Y-%m-%d %H:%M:%S")
        return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{start}', '+' || ({minutes}) || ' minutes')"
    return f"timestamptz '{first.isoformat()}' + make_interval(mins => ({minutes})::int)"


_CHANGES = (
    "INSERT INTO dossier_change (dossier_id, changed_at, arrived_at, feed_key_id, outcome, status, "
    "step, at_desk, agency_code, content, procedure_code, phone_line, silent, earned) "
    "SELECT id, {at}, {at}, 'fk', 'changed', :status, :step, :no, agency_code, content, "
    "procedure_code, 'mobile', :no, :event FROM dossier"
)
_NOTICES = (
    "INSERT INTO notice (key, lane, dossier_id, event, changed_at, recipient, agency_code, "
    "procedure_code, late, state, refusals, created_at, expires_at, handed_at, closed_at, channel) "
    "SELECT 'd:' || id || ':' || :event, 'normal', id, :event, {at}, '', agency_code, "
    "procedure_code, :no, 'delivered', 0, {at}, {at}, {at}, {at}, 'chat' FROM dossier"
)
_ATTEMPTS = (
    "INSERT INTO attempt (notice_id, rung, recipient, turn, carrier, request_id, text_mark, state, "
    "carrier_id, cost_dong, begun_at, answered_at, delivered_at, notice_made_at) "
    "SELECT id, 'chat', 'u' || id, 1, 'zalo', 'r' || id, key_of_text, 'delivered', 'z' || id, 0, "
    "created_at, created_at, created_at, created_at "
    "FROM (SELECT notice.*, dossier.content AS key_of_text "
    "FROM notice JOIN dossier ON dossier.id = notice.dossier_id) AS told"
)


def keep_year(engine: Engine) -> None:
    """Write the books of all that was filed, as the job would have written them day by day."""
    lite = engine.dialect.name == "sqlite"
    local = "date(arrived_at, '+7 hours')" if lite else (
        "to_char(arrived_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD')"
    )  # fmt: skip
    with engine.begin() as connection:
        for size in (10, 7):  # days, months
            for procedure in ("procedure_code", "''"):
                _lines(connection, f"substr({local}, 1, {size})", procedure)


def _lines(connection: Connection, period: str, procedure: str) -> None:
    of_period = (
        f"SELECT {period} AS period, {procedure} AS procedure_code, agency_code, count(*) AS n "
        "FROM dossier_change WHERE status = :status GROUP BY 1, 2, 3"
    )
    zeros = ("taken_over", "resolved_on_time", "resolved_late", "late_apologised", "reopened",
             "ended", "phone_missing", "phone_invalid", "phone_landline", "skipped", "failed",
             "pending", "apologies", "parts", "cost_dong")  # fmt: skip
    connection.execute(
        text(
            "INSERT INTO book_line (period, edition, procedure_code, agency_code, received, "
            f"resolved_early, due, sent, delivered, attempts, {', '.join(zeros)}) "
            f"SELECT period, '{LATEST}', procedure_code, agency_code, n, n, 3 * n, 3 * n, 3 * n, "
            f"3 * n, {', '.join('0' for _ in zeros)} FROM ({of_period}) AS days"
        ),
        {"status": 9},
    )
    for _, _, event in MOVES:
        connection.execute(
            text(
                "INSERT INTO book_tally (period, edition, procedure_code, agency_code, event, "
                "outcome, channel, reason, due, notices, attempts, parts, cost_dong) "
                f"SELECT period, '{LATEST}', procedure_code, agency_code, :event, 'delivered', "
                f"'chat', '', n, n, n, 0, 0 FROM ({of_period}) AS days"
            ),
            {"status": 9, "event": event},
        )
