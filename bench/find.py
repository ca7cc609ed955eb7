"""The counter's search among a million dossiers: by code, by phone, by name."""

import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import psycopg
from sqlalchemy import Connection, text

from bench.owed import code_of, file_dossiers
from bench.row import Row, percentile
from bench.servers import KINDS, Ground, Servers
from bot.core.counter_names import endings
from bot.core.staff import Account, Actor, Role
from bot.dossier_names import name_mark
from bot.find_dossiers import Kind, find_dossiers
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.staff import Added, NewAccount, add_account, list_accounts
from bot.vault import blind_index

T = TypeVar("T")
DOSSIERS, PEOPLE, DESKS = 1_000_000, 50_000, 120
SEARCHES, MOST_MS = 300, 50.0
PASSWORD = "bench tra cuu ho so 2026"
# Shares in percent of family names as counted in the country; the rest are spread evenly.
FAMILIES = (
    ("Nguyễn", 32), ("Trần", 11), ("Lê", 10), ("Phạm", 7), ("Hoàng", 5), ("Phan", 5), ("Võ", 5),
    ("Đặng", 3), ("Bùi", 3), ("Đỗ", 3), ("Hồ", 3), ("Ngô", 3), ("Dương", 3), ("Lý", 2), ("Mai", 2),
    ("Đinh", 2), ("Trương", 1),
)  # fmt: skip
MIDDLES = (
    ("Văn", 30), ("Thị", 35), ("Hữu", 4), ("Đức", 4), ("Thanh", 6), ("Minh", 5), ("Quốc", 3),
    ("Ngọc", 6), ("Xuân", 3), ("Thị Thu", 4),
)  # fmt: skip
_GIVEN = (
    "An Anh Ánh Bảo Bình Châu Chi Cường Dung Dũng Dương Đạt Đức Giang Hà Hải Hạnh Hằng Hiền Hiếu "
    "Hòa Hoa Hoàng Hồng Huệ Hùng Hương Huy Huyền Khánh Lan Lâm Liên Linh Loan Long Mai Mạnh Minh "
    "My Nam Nga Ngân Ngọc Nguyên Nhung Oanh Phong Phúc Phương Quân Quang Quỳnh Sơn Tâm Thảo Thắng "
    "Thành Thu Thủy Toàn Trang Trung Tú Tuấn Tùng Tuyết Uyên Vân Việt Vinh Yến"
)
GIVEN = _GIVEN.split()
_PLACE = "(CAST(n AS BIGINT) * 7919) % {people}"
_BARE = (
    "SELECT code, agency_code, procedure_name, step, status, due_at, owner_name, phone "
    "FROM dossier WHERE id = "
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who a dossier is of."""

    name: str
    e164: str


def run(servers: Servers) -> list[Row]:
    """Both databases."""
    rows = []
    for kind in KINDS:
        with servers.ground(kind) as ground:
            rows += measure(ground, DOSSIERS)
    return rows


def measure(ground: Ground, count: int) -> list[Row]:
    """File so many dossiers and search them, half for a desk, half for the whole province."""
    runtime, chance = ground.runtime(), random.Random(20261125)
    people = [_person(chance) for _ in range(PEOPLE)]
    _file(runtime, people, count)
    searcher = _searcher(runtime)
    if ground.kind == "PostgreSQL":
        with runtime.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    bare = _times(_bare(ground), [chance.randint(1, count) for _ in range(SEARCHES)])
    floor = percentile(bare, 0.95)
    asked = {
        Kind.CODE: [code_of(chance.randint(1, count)) for _ in range(SEARCHES)],
        Kind.PHONE: [f"0{chance.choice(people).e164[3:]}" for _ in range(SEARCHES)],
        Kind.NAME: [_said(chance, chance.choice(people).name) for _ in range(SEARCHES)],
    }
    rows = [_row(ground, runtime, searcher, count, one, floor) for one in asked.items()]
    runtime.engine.dispose()
    return rows


def _row(
    ground: Ground,
    runtime: Runtime,
    searcher: Account,
    count: int,
    asked: tuple[Kind, Sequence[str]],
    floor: float,
) -> Row:
    kind, typed = asked
    actors = [_clerk(searcher, range(DESKS)), _clerk(searcher, [7])]
    place = iter(range(2 * SEARCHES))
    took = _times(lambda one: find_dossiers(runtime, actors[next(place) % 2], one), typed)
    found = find_dossiers(runtime, actors[0], typed[0])
    if found.kind is not kind:
        raise RuntimeError(f"{typed[0]!r} was found as {found.kind}")
    p95 = percentile(took, 0.95)
    return Row(
        f"counter: find by {kind}, {count:,} dossiers, {ground.kind}: p50 / p95",
        f"{percentile(took, 0.5):.1f} / {p95:.1f} ms",
        f"bare SELECT of one by its key, p95 {floor:.2f} ms",
        f"{p95 / floor:.0f}",
        f"p95 ≤ {MOST_MS:g} ms",
        p95 <= MOST_MS,
    )


def _person(chance: random.Random) -> Person:
    [family] = chance.choices([one for one, _ in FAMILIES], [share for _, share in FAMILIES])
    [middle] = chance.choices([one for one, _ in MIDDLES], [share for _, share in MIDDLES])
    number = f"+849{chance.choice('0136789')}{chance.randrange(10**7):07d}"
    return Person(f"{family} {middle} {chance.choice(GIVEN)}", number)


def _said(chance: random.Random, name: str) -> str:
    """A name as clerks type it: whole, without its family name, or the given name alone."""
    return " ".join(name.split()[chance.choice((0, 0, 0, 1, -1)) :])


def _searcher(runtime: Runtime) -> Account:
    """The account that the audit entry of each search names."""
    new = NewAccount("lan", frozenset({Role.CLERK}), "H56.7", "Lan")
    if not isinstance(added := add_account(runtime, None, new, PASSWORD), Added):
        raise RuntimeError(f"no account to search with: {added}")
    [listed] = list_accounts(runtime, None)
    return listed.account


def _clerk(searcher: Account, desks: Sequence[int]) -> Actor:
    return Actor(searcher, "127.0.0.1", frozenset(f"H56.{one}" for one in desks))


def _file(runtime: Runtime, people: Sequence[Person], count: int) -> None:
    engine, place = runtime.engine, _PLACE.format(people=len(people))
    index = index_key(runtime)
    with engine.begin() as connection:
        _put_people(connection, runtime, index, people)
    told = {
        "agency_code": f"'H56.' || (n % {DESKS})",
        "phone": "person.phone",
        "phone_index": "person.phone_index",
        "owner_name": "person.owner",
    }
    file_dossiers(engine, count, told=told, of=f"JOIN bench_person AS person ON k = {place}")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO dossier_name (mark, agency_code, dossier_id) "
                "SELECT mark, agency_code, n FROM bench_mark JOIN "
                f"(SELECT id AS n, agency_code FROM dossier) AS filed ON k = {place} "
                "ORDER BY 1, 2, 3"
            )
        )


def _put_people(
    connection: Connection, runtime: Runtime, index: bytes, people: Sequence[Person]
) -> None:
    blob = "blob" if connection.dialect.name == "sqlite" else "bytea"
    connection.execute(
        text(
            f"CREATE TABLE bench_person (k integer PRIMARY KEY, owner {blob}, phone {blob}, "
            f"phone_index {blob})"
        )
    )
    connection.execute(text(f"CREATE TABLE bench_mark (k integer, mark {blob})"))
    desks = [{"code": f"H56.{number}", "no": False, "now": "2026-01-01"} for number in range(DESKS)]
    connection.execute(
        text(
            "INSERT INTO agency (code, name, same_day_notices, step_sms, result_hold_minutes, "
            "created_at) VALUES (:code, 'UBND', :no, :no, 0, :now)"
        ),
        [one for one in desks if one["code"] != "H56.14"],
    )
    seal = runtime.vault.seal
    connection.execute(
        text("INSERT INTO bench_person VALUES (:k, :owner, :phone, :phone_index)"),
        [
            {
                "k": k,
                "owner": seal(one.name),
                "phone": seal(one.e164),
                "phone_index": blind_index(index, one.e164),
            }
            for k, one in enumerate(people)
        ],
    )
    connection.execute(
        text("INSERT INTO bench_mark VALUES (:k, :mark)"),
        [
            {"k": k, "mark": name_mark(index, ending)}
            for k, one in enumerate(people)
            for ending in endings(one.name)
        ],
    )


def _bare(ground: Ground) -> Callable[[int], object]:
    if ground.kind == "SQLite":
        lite = sqlite3.connect(ground.folder / "bot.db")
        return lambda one: lite.execute(_BARE + "?", (one,)).fetchone()
    connection = psycopg.connect(ground.database_url.replace("+psycopg", ""), autocommit=True)
    return lambda one: connection.execute(_BARE + "%s", (one,)).fetchone()


def _times(look: Callable[[T], object], asked: Sequence[T]) -> list[float]:
    found = []
    for one in asked[:5]:
        look(one)
    for one in asked:
        began = time.perf_counter()
        look(one)
        found.append((time.perf_counter() - began) * 1000)
    return found
