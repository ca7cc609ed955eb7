"""The test rig itself: real servers that keep what they were given, and nothing left running."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
import requests
import sqlalchemy
from playwright.sync_api import Error as PageError
from playwright.sync_api import Page

from tests.conftest import StartChild
from tests.doors.command import make_shell
from tests.make import fresh_schema, migrated_database
from tests.rig.child import DidNotHappen, free_port, wait_until
from tests.rig.closed_network import ClosedNetwork, OutsideNetwork
from tests.rig.kept_database import KeptDatabase
from tests.rig.postgres_copies import without_name
from tests.rig.postgres_server import PostgresServer
from tests.rig.redis_server import RedisServer
from tests.rig.warm_child import WarmChild

# Starts a second process that leaves the session of the first, as a daemon does.
TWO_PROCESSES = """
import subprocess, sys, time
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"],
                         start_new_session=True)
print("inner", inner.pid, flush=True)
time.sleep(600)
"""


def test_redis_keeps_a_key_over_kill_9(fresh_redis: Callable[[], RedisServer]) -> None:
    server = fresh_redis()
    with server.client() as client:
        client.config_set("appendfsync", "always")
        client.set("dossier", "kept")
    server.restart()
    with server.client() as client:
        assert client.get("dossier") == b"kept"


def test_a_killed_redis_answers_nobody(fresh_redis: Callable[[], RedisServer]) -> None:
    server = fresh_redis()
    server.kill()
    with server.client() as client, pytest.raises(redis.ConnectionError):
        client.ping()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_finds_redis_empty(redis_url: str, turn: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set(turn, "left behind")
        assert client.config_get("appendonly") == {"appendonly": "yes"}


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_finds_its_database_empty(empty_database_url: str, turn: str) -> None:
    engine = sqlalchemy.create_engine(empty_database_url)
    with engine.begin() as connection:
        assert sqlalchemy.inspect(connection).get_table_names() == []
        connection.execute(sqlalchemy.text("CREATE TABLE dossier (step TEXT)"))
        connection.execute(sqlalchemy.text("INSERT INTO dossier VALUES ('Thẩm định')"))
        assert connection.scalar(sqlalchemy.text("SELECT step FROM dossier")) == "Thẩm định"
    engine.dispose()


def test_postgres_keeps_its_rows_over_a_stop(
    fresh_postgres: Callable[[], PostgresServer],
) -> None:
    server = fresh_postgres()
    address = server.url(server.create_database()).replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE dossier (step TEXT)")
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
    server.start()
    with psycopg.connect(address) as connection:
        connection.execute("INSERT INTO dossier VALUES ('Trả kết quả')")


def test_a_database_can_be_a_copy_of_another(postgres_server: PostgresServer) -> None:
    template = postgres_server.create_database()
    with psycopg.connect(postgres_server.url(template).replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE dossier (step TEXT)")
    copy = postgres_server.create_database(template)
    with psycopg.connect(postgres_server.url(copy).replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM dossier").fetchone() == (0,)
    postgres_server.drop_database(copy)
    postgres_server.drop_database(template)


@pytest.fixture
def kept(postgres_server: PostgresServer) -> Iterator[KeptDatabase]:
    server = without_name(postgres_server.url("any"))
    database = KeptDatabase(postgres_server, lambda: migrated_database(server))
    yield database
    database.close()


def used(server: PostgresServer, kept: KeptDatabase, *orders: str) -> str:
    """A test's turn with the database: what it orders is committed; the database's name."""
    url = server.url(kept.name)
    fresh_schema(url)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for order in orders:
            connection.execute(order)
        kept.give_back()  # whoever is still connected
    return kept.name


AN_AGENCY = (
    "INSERT INTO agency (code, name, same_day_notices, step_sms, result_hold_minutes, created_at) "
    "VALUES ('A', 'UBND', false, false, 0, now())"
)
AN_ENTRY = "SELECT nextval(seqrelid) FROM pg_sequence"


def test_a_database_is_kept_for_the_next_test_and_empty(
    postgres_server: PostgresServer, kept: KeptDatabase
) -> None:
    name = kept.name
    assert used(postgres_server, kept, AN_AGENCY, AN_ENTRY) == name
    with psycopg.connect(postgres_server.url(name).replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM agency").fetchone() == (0,)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone()
        begun = "SELECT 1 FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
        assert connection.execute(begun).fetchone() is None
    assert used(postgres_server, kept, AN_AGENCY) == name


@pytest.mark.parametrize(
    "order",
    [
        "CREATE TABLE left_behind (step TEXT)",
        "ALTER TABLE agency ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE agency ADD CONSTRAINT named CHECK (name <> '')",
        "DROP INDEX ix_echo_at",
        "ANALYZE agency",
        "ALTER DATABASE {name} SET statement_timeout = '1s'",
        "INSERT INTO agency (code, name, same_day_notices, step_sms, result_hold_minutes, "
        "created_at) SELECT 'B' || n, repeat('x', 200), false, false, 0, now() "
        "FROM generate_series(1, 2000) n",
    ],
)
def test_one_that_is_more_than_rows_is_not_kept(
    postgres_server: PostgresServer, kept: KeptDatabase, order: str
) -> None:
    name = kept.name
    assert used(postgres_server, kept, AN_AGENCY, order.format(name=name)) != name
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(postgres_server.url(name).replace("+psycopg", ""))


def test_a_stopped_child_takes_its_own_children_along(start_child: StartChild) -> None:
    child = start_child([sys.executable, "-c", TWO_PROCESSES])
    inner = psutil.Process(int(child.wait_for_line("inner").split()[1]))
    assert inner in child.processes()
    child.stop()
    assert child.returncode == -15
    assert child.processes() == []
    assert not inner.is_running() or inner.status() == psutil.STATUS_ZOMBIE


def test_a_child_is_waited_for_until_it_answers(start_child: StartChild, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("xin chào", encoding="utf-8")
    port = free_port()
    child = start_child(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"], cwd=tmp_path
    )
    child.wait_for_url(f"http://127.0.0.1:{port}/page.txt")
    child.kill9()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/page.txt", timeout=2)


def test_a_child_that_ends_early_is_named_with_what_it_said(start_child: StartChild) -> None:
    child = start_child([sys.executable, "-c", "raise SystemExit('the port is taken')"])
    with pytest.raises(DidNotHappen, match="the port is taken"):
        child.wait_for_line("ready")


@pytest.mark.parametrize(
    ("family", "address"),
    [
        (socket.AF_INET, ("192.0.2.1", 443)),
        (socket.AF_INET6, ("2001:db8::1", 443)),
    ],
)
def test_no_test_reaches_another_machine(
    closed_network: ClosedNetwork, family: int, address: tuple[str, int]
) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as outside, pytest.raises(OutsideNetwork):
        outside.connect(address)
    assert closed_network.take_attempts()


def test_names_of_other_machines_are_not_asked_for(closed_network: ClosedNetwork) -> None:
    with pytest.raises(OutsideNetwork):
        socket.getaddrinfo("oauth.zalo.example", 443)
    assert closed_network.take_attempts() == ["name 'oauth.zalo.example'"]


def test_chromium_shows_vietnamese_to_a_reader_in_vietnam(page_at: Callable[[str], Page]) -> None:
    page = page_at("about:blank")
    page.set_content("<h1>Hồ sơ đúng hạn</h1>")
    assert page.get_by_role("heading").inner_text() == "Hồ sơ đúng hạn"
    assert page.evaluate("navigator.language") == "vi-VN"
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert zone in ("Asia/Ho_Chi_Minh", "Asia/Saigon")


@pytest.mark.parametrize("address", ["http://192.0.2.1/", "http://zalo.example/"])
def test_no_page_reaches_another_machine(page_at: Callable[[str], Page], address: str) -> None:
    with pytest.raises(PageError, match="ERR_NAME_NOT_RESOLVED"):
        page_at(address)


def test_a_page_reaches_this_machine(
    page_at: Callable[[str], Page], start_child: StartChild, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(
        "<meta charset=utf-8><title>Một cửa</title>", encoding="utf-8"
    )
    port = free_port()
    child = start_child(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"], cwd=tmp_path
    )
    child.wait_for_url(f"http://127.0.0.1:{port}/")
    assert page_at(f"http://127.0.0.1:{port}/").title() == "Một cửa"


def test_servers_die_with_a_test_run_that_is_killed(tmp_path: Path) -> None:
    script = (
        "from tests.rig.redis_server import RedisServer as R; r = R(); print(r.port, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script + "; input()"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        port = int(run.stdout.readline())
        run.kill()
    _wait_until_free(port)


def _wait_until_free(port: int) -> None:
    def refused() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    wait_until(refused, f"port {port} free again", timeout=5)


def test_a_warm_child_is_a_program_of_its_own(
    start_child: StartChild, tmp_path: Path, redis_url: str
) -> None:
    """It has its settings, its streams, its session, and ends by signals as one started cold."""
    whole = {**make_shell(tmp_path).environ, "REDIS_URL": redis_url}
    short = {**whole, "SECRET_KEY": "short"}
    refused = start_child([sys.executable, "-m", "bot", "work"], env=short, kind=WarmChild)
    assert refused.wait() == 2
    assert "SECRET_KEY" in refused.errors()
    assert refused.processes() == []

    worker = start_child([sys.executable, "-m", "bot", "work"], env=whole, kind=WarmChild)
    wait_until(lambda: len(worker.processes()) >= 5, "a parent and its lanes")
    assert {os.getsid(one.pid) for one in worker.processes()} == {worker.pid}
    assert worker.pid != os.getsid(0)
    assert worker.stop() == 0
    killed = start_child([sys.executable, "-m", "bot", "work"], env=whole, kind=WarmChild)
    wait_until(lambda: len(killed.processes()) >= 5, "a parent and its lanes")
    killed.signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    wait_until(lambda: not killed.processes(), "the end of its lanes")
