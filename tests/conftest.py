"""Fixtures of the whole suite: real servers, a real browser, child programs, a closed network."""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page

from tests.make import leave_engines, migrated_database
from tests.rig.browser import launched, vietnamese_context
from tests.rig.cheap_hashes import hash_cheaply
from tests.rig.child import Child
from tests.rig.closed_network import ClosedNetwork
from tests.rig.compiled_rules import keep_compiled_rules
from tests.rig.compiled_templates import keep_compiled_templates
from tests.rig.examples import LONG
from tests.rig.kept_database import KeptDatabase
from tests.rig.order import in_order
from tests.rig.plain_logs import log_plainly
from tests.rig.postgres_copies import make_copy, without_name
from tests.rig.postgres_server import PostgresServer
from tests.rig.programs import chromium_program
from tests.rig.redis_server import RedisServer
from tests.rig.seldom_collected import (
    collect_seldom,
    leave_alone_what_is_loaded,
    look_at_all_again,
)

StartChild = Callable[..., Child]

settings.register_profile(LONG)


def pytest_configure() -> None:
    """SIGTERM ends the run as Ctrl-C does, so that every fixture is taken down."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    collect_seldom()
    hash_cheaply()
    keep_compiled_rules()
    keep_compiled_templates()
    log_plainly()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files into the order in which two workers end together."""
    items[:] = in_order(items)


def pytest_collection_finish() -> None:
    """All test modules are loaded: they stay."""
    leave_alone_what_is_loaded()


def pytest_unconfigure() -> None:
    """The process ends."""
    look_at_all_again()


# The network


@pytest.fixture(scope="session")
def closed_network() -> ClosedNetwork:
    """The guard over the test process's sockets."""
    guard = ClosedNetwork()
    guard.install()
    return guard


@pytest.fixture(autouse=True)
def _network_is_closed(closed_network: ClosedNetwork) -> Iterator[None]:
    closed_network.take_attempts()
    yield
    attempts = closed_network.take_attempts()
    assert not attempts, f"the test process tried to leave this machine: {attempts}"


# Redis


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """The Redis of the session; a test that kills or restarts one takes `fresh_redis`."""
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The address of an empty Redis."""
    redis_server.flush()
    return redis_server.url


@pytest.fixture
def fresh_redis() -> Iterator[Callable[[], RedisServer]]:
    """Starts a Redis of the test's own, which it may kill, restart and empty."""
    with ExitStack() as stack:

        def start() -> RedisServer:
            server = RedisServer()
            stack.callback(server.close)
            return server

        yield start


# PostgreSQL and SQLite


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The PostgreSQL of the session; a test that stops one takes `fresh_postgres`."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a PostgreSQL database that does not exist yet."""
    name = postgres_server.unused_name()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def kept_database(postgres_server: PostgresServer) -> Iterator[KeptDatabase]:
    """The database that most tests on PostgreSQL take in turn."""
    server = without_name(postgres_server.url("any"))
    kept = KeptDatabase(postgres_server, lambda: migrated_database(server))
    yield kept
    kept.close()


@pytest.fixture
def kept_postgres_url(
    postgres_server: PostgresServer, kept_database: KeptDatabase
) -> Iterator[str]:
    """The address of an empty database at the newest schema, or of one that does not exist yet."""
    url = postgres_server.url(kept_database.name)
    yield url
    leave_engines(url)
    kept_database.give_back()


@pytest.fixture
def fresh_postgres() -> Iterator[Callable[[], PostgresServer]]:
    """Starts a PostgreSQL of the test's own, which it may stop and start."""
    with ExitStack() as stack:

        def start() -> PostgresServer:
            server = PostgresServer()
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database for `make_runtime` and `fresh_schema`, on SQLite and on PostgreSQL.

    They make it where it does not exist; where it does, it is empty and at the newest schema.
    """
    fixture = "kept_postgres_url" if request.param == "postgresql" else "sqlite_url"
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database that holds nothing, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    url = str(request.getfixturevalue("postgres_url"))
    make_copy(url, "template0")
    return url


# Child programs


@pytest.fixture
def start_child(tmp_path: Path) -> Iterator[StartChild]:
    """Starts programs (`Child`) and leaves nothing of them running at the end of the test."""
    with ExitStack() as stack:
        started: list[Child] = []

        def start(
            command: Sequence[str | Path],
            *,
            env: Mapping[str, str] | None = None,
            cwd: Path | None = None,
            kind: type[Child] = Child,
        ) -> Child:
            log = tmp_path / f"child-{len(started)}.log"
            child = kind(command, log, env=env, cwd=cwd)
            started.append(child)
            stack.callback(child.kill9)
            return child

        yield start


# The browser


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The browser's program; where there is none the test fails with the one line to type."""
    return chromium_program()


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """One headless Chromium for all page tests."""
    with launched(chromium_path) as started:
        yield started


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    """A clean profile of a reader in Vietnam."""
    context = vietnamese_context(browser)
    yield context
    context.close()


@pytest.fixture
def page_at(browser_context: BrowserContext) -> Callable[[str], Page]:
    """Opens an address in a page of its own, and fails when it does not answer with a page."""

    def open_page(address: str) -> Page:
        page = browser_context.new_page()
        answer = page.goto(address)
        assert answer is None or answer.ok, f"{address} answered {answer.status}"
        return page

    return open_page
