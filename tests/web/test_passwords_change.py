"""Users of the database and of Redis change while people work, as docs/secrets.md says."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text

from bot.bell import RqBell, quick_redis
from bot.core.staff import Role
from bot.health import redis_fault
from bot.migrate import migrate
from tests.console.desk import Client, Desk
from tests.make import make_runtime
from tests.rig.postgres_copies import make_copy
from tests.rig.redis_server import RedisServer
from wsgi import create_app


@pytest.fixture
def owned(postgres_url: str) -> Iterator[str]:
    """A database whose owner is a role that nobody logs in as; its members come and go."""
    make_copy(postgres_url, "template0")
    name = make_url(postgres_url).database
    order(
        postgres_url,
        f"CREATE ROLE {name}_owner",
        f"ALTER DATABASE {name} OWNER TO {name}_owner",
        f"ALTER SCHEMA public OWNER TO {name}_owner",
    )
    yield postgres_url
    order(postgres_url, f"DROP OWNED BY {name}_owner CASCADE")
    order(postgres_url, f"ALTER DATABASE {name} OWNER TO postgres", f"DROP ROLE {name}_2")
    order(postgres_url, f"DROP ROLE {name}_owner")


def order(url: str, *orders: str) -> None:
    """Have the server's own administrator do something."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for one in orders:
            connection.execute(text(one))
    engine.dispose()


def member(url: str, number: int) -> str:
    """The address of a new member of the database's owner, as docs/secrets.md makes one."""
    name = make_url(url).database
    order(
        url,
        f"CREATE ROLE {name}_{number} LOGIN PASSWORD 'p{number}' IN ROLE {name}_owner",
        f"ALTER ROLE {name}_{number} SET role = '{name}_owner'",
    )
    made = make_url(url).set(username=f"{name}_{number}", password=f"p{number}")
    return made.render_as_string(hide_password=False)


def test_a_new_user_of_the_database_takes_over_without_a_pause(owned: str) -> None:
    first = member(owned, 1)
    migrate(first)
    desk = Desk(first)
    boss = desk.login(Role.ADMINISTRATOR, login="quan.tri")
    second = make_runtime(member(owned, 2), desk.clock)
    later = Client(create_app(second).test_client())
    assert later.enter("quan.tri").status_code == 303  # both are good at once
    assert boss.get("/console/staff").status_code == 200
    desk.runtime.engine.dispose()
    order(owned, f"DROP ROLE {make_url(owned).database}_1")
    boss.web.application = later.web.application
    assert boss.get("/console/staff").status_code == 200
    assert boss.post("/console/logout").status_code == 303
    second.engine.dispose()


def test_a_new_user_of_redis_takes_over_without_a_pause(redis_server: RedisServer) -> None:
    with redis_server.client() as administrator:
        urls = []
        for name in ("first", "second"):
            administrator.execute_command("ACL", "SETUSER", name, "on", ">p", "~*", "&*", "+@all")
            urls.append(redis_server.url.replace("://", f"://{name}:p@"))
        for url in urls:
            RqBell(quick_redis(url)).ring("chat")
            assert redis_fault(url) is None
        administrator.execute_command("ACL", "DELUSER", "first")
        assert redis_fault(urls[0]) is not None
        RqBell(quick_redis(urls[1])).ring("chat")
        assert redis_fault(urls[1]) is None
        administrator.execute_command("ACL", "DELUSER", "second")
        administrator.flushall()
