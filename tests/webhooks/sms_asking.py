"""A house that is asked by SMS: one dossier with a local code, and what tests look at."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server

from bot.runtime import Runtime
from bot.store.tables import sms_inbound
from tests.conversation import House, make_house
from tests.sms_calls import KEYS
from wsgi import create_app

LOCAL = "0101701234"
DUE = datetime(2026, 12, 4, 10, 0, tzinfo=UTC)
FOUND = (
    f"Ho so cua quy Ong/Ba ({LOCAL}) hien dang o buoc Tham dinh ho so, trang thai ho so: Dung han."
)


def make_sms_house(database_url: str) -> House:
    """A house that all three aggregators are registered with."""
    made = make_house(database_url, **KEYS)
    made.feed(local_code=LOCAL, due_at=DUE)
    return made


@contextmanager
def served_whole(runtime: Runtime) -> Iterator[str]:
    """The whole web application over HTTP; its address."""
    server = make_server("127.0.0.1", 0, create_app(runtime), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def rows(house: House, table: Any = sms_inbound) -> list[Any]:
    """What a table holds, oldest first."""
    with house.runtime.engine.connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def counted(web: FlaskClient, aggregator: str, outcome: str) -> float:
    """How many calls ended so."""
    name = f'motcua_sms_inbound_total{{aggregator="{aggregator}",outcome="{outcome}"}} '
    lines = [line for line in web.get("/metrics").text.splitlines() if line.startswith(name)]
    return sum(float(line.removeprefix(name)) for line in lines)
