"""The house as it runs: web, workers and sandbox as processes, on a real database and Redis."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Row, delete, func, select

from bot.agencies import add_agency
from bot.bell import WORKER_LANES
from bot.core.snapshot import FeedDossier, Procedure, Times
from bot.feed_keys import add_feed_key
from bot.register import register_dossiers
from bot.renew import link
from bot.store.feed_keys import FeedKey
from bot.store.tables import inbox, outbox
from bot.store.watch_tables import worker_sign
from tests.make import FIELD_KEY, SECRET_KEY, make_runtime, make_settings
from tests.rig.child import Child, DidNotHappen, free_port, wait_until
from tests.rig.tree import CHECKOUT
from tests.rig.warm_child import WarmChild

SETTINGS = make_settings("sqlite://")
STEP = "Thẩm định hồ sơ"
LANES = WORKER_LANES
# A worker that an earlier test killed may leave a message that is owed again after its lease.
SETTLED_SECONDS = 75.0
PAST_EVERY_LEASE = "45"  # CLOCK_OFFSET_SECONDS of a worker that finds what a dead one left


def sentence(code: str, timing: str = "Đúng hạn", step: str = STEP) -> str:
    """The lookup sentence, as interfaces 5 has it."""
    return f"Hồ sơ của quý Ông/Bà ({code}) hiện đang ở bước {step}, trạng thái hồ sơ: {timing}."


class LiveHouse:
    """One house of processes; `runtime` looks into the same database from the test."""

    kind: type[Child] = WarmChild  # how its processes are started

    def __init__(self, database_url: str, redis_url: str, folder: Path) -> None:
        self.folder = folder
        self.web_port, self.sandbox_port = free_port(), free_port()
        self.web = f"http://127.0.0.1:{self.web_port}"
        self.sandbox = f"http://127.0.0.1:{self.sandbox_port}"
        self.environ = self._environ(database_url, redis_url)
        self.runtime = make_runtime(
            database_url,
            now=lambda: datetime.now(UTC),
            zalo_oauth_url=f"{self.sandbox}/oauth",
            zalo_openapi_url=f"{self.sandbox}/openapi",
        )
        self.http = requests.Session()
        self.http.trust_env = False
        self._stack = ExitStack()
        self._started = 0
        self._workers: list[Child] = []
        self._zalo: Child | None = None
        self.web_server: Child
        self._bubbles: dict[int, dict[str, Any]] = {}

    def _environ(self, database_url: str, redis_url: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "VAR_DIR": str(self.folder / "var"),
            "PORT": str(self.web_port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SECRET_KEY": SECRET_KEY,
            "FIELD_KEYS": FIELD_KEY,
            "ZALO_APP_ID": SETTINGS.zalo_app_id,
            "ZALO_APP_SECRET": SETTINGS.zalo_app_secret,
            "ZALO_OA_ID": SETTINGS.zalo_oa_id,
            "ZALO_OA_SECRET_KEY": SETTINGS.zalo_oa_secret_key,
            "ZALO_OAUTH_URL": f"{self.sandbox}/oauth",
            "ZALO_OPENAPI_URL": f"{self.sandbox}/openapi",
            "ZALO_BUSINESS_URL": f"{self.sandbox}/business",
            "ZALO_MEDIA_HOSTS": f"127.0.0.1:{self.sandbox_port}",
        }

    # Processes

    def start(self, *command: str, **environ: str) -> Child:
        """Start a Python module with the house's settings."""
        self._started += 1
        log = self.folder / f"{command[0]}-{self._started}.log"
        child = self.kind(
            [sys.executable, "-m", *command], log, env={**self.environ, **environ}, cwd=CHECKOUT
        )
        self._stack.callback(child.kill9)
        return child

    def start_sandbox(self) -> Child:
        """Start what plays Zalo; returns once it answers."""
        self._zalo = self.start("sandbox", SANDBOX_STATE=str(self.folder / "sandbox.json"))
        self._zalo.wait_for_url(f"{self.sandbox}/control/fault")
        return self._zalo

    def stop_sandbox(self) -> None:
        """Nothing listens where Zalo was, until it is started again."""
        if self._zalo is not None:
            self._zalo.stop()

    def start_web(self) -> Child:
        """Start the web processes as interfaces 1 has it; returns once they answer."""
        web = self.start(
            "gunicorn", "-b", f"127.0.0.1:{self.web_port}", "-w", "2", "--threads", "4",
            "--no-control-socket", "wsgi:app",
        )  # fmt: skip
        web.wait_for_url(f"{self.web}/healthz")
        self.web_server = web
        return web

    def start_worker(self, **environ: str) -> Child:
        """Start a worker; it is ready a moment later."""
        worker = self.start("bot", "work", **environ)
        self._workers.append(worker)
        return worker

    def start_worker_later(self, seconds: str = PAST_EVERY_LEASE) -> Child:
        """Start a worker as if so much time had passed, that every lease has ended."""
        with self.runtime.engine.begin() as connection:
            connection.execute(delete(worker_sign))  # nobody has given a sign for so long
        return self.start_worker(CLOCK_OFFSET_SECONDS=seconds)

    def stop_workers(self) -> None:
        """Kill every worker that still runs."""
        for worker in self._workers:
            worker.kill9()
        self._workers.clear()

    def close(self) -> None:
        """End everything."""
        self._stack.close()
        self.http.close()

    # The house's books

    def open(self) -> None:
        """Sandbox, web, an agency and the OA's tokens."""
        self.start_sandbox()
        self.start_web()
        add_agency(self.runtime, "H56.14", "UBND phường Mẫu")
        add_feed_key(self.runtime, "H56.14")
        self.link()

    def link(self) -> None:
        """Store the pair that the OA's consent gave."""
        pair = self.control("token")
        link(self.runtime, pair["access_token"], pair["refresh_token"], int(pair["expires_in"]))

    def feed(self, codes: Sequence[str], due_at: datetime | None = None) -> None:
        """The one-stop software has told of these dossiers."""
        procedure = Procedure("1.003560", "Đăng ký khai sinh")
        now = datetime.now(UTC)
        register_dossiers(
            self.runtime,
            FeedKey("test", "H56.14", False),
            [
                FeedDossier(code, "H56.14", procedure, STEP, 4, now, times=Times(due_at=due_at))
                for code in codes
            ],
        )

    def owed(self) -> list[Row[Any]]:
        """The outbox, oldest first."""
        with self.runtime.engine.connect() as connection:
            return list(connection.execute(select(outbox).order_by(outbox.c.id)))

    def events(self) -> int:
        """How many events were ever stored."""
        with self.runtime.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(inbox)).scalar_one())

    def open_rows(self) -> int:
        """How many messages are owed and events unheard at this moment."""
        with self.runtime.engine.connect() as connection:
            return sum(
                int(
                    connection.execute(
                        select(func.count()).where(table.c.due_at.is_not(None))
                    ).scalar_one()
                )
                for table in (inbox, outbox)
            )

    # The citizens

    def control(self, path: str, **body: Any) -> Any:
        """One control request that must succeed."""
        answer = self.http.post(f"{self.sandbox}/control/{path}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @contextmanager
    def fault(
        self, name: str, value: float | None = None, count: int | None = None
    ) -> Iterator[None]:
        """A fault of Zalo's, for as long as the block runs."""
        self.control("fault", name=name, on=True, value=value, count=count)
        yield
        self.control("fault", name=name, on=False)

    def say(self, user: str, text: str) -> None:
        """A citizen writes."""
        self.control("say", user=user, text=text)

    def replies(self, user: str = "") -> list[str]:
        """The OA's bubbles on a citizen's phone, oldest first, or on all of them."""
        chats = self.http.get(f"{self.sandbox}/control/messages", timeout=10).json()["messages"]
        self._bubbles |= {one["id"]: one for one in chats}  # the sandbox keeps the last 500
        ours = [self._bubbles[place] for place in sorted(self._bubbles)]
        return [
            str(one["text"])
            for one in ours
            if one["from"] == "oa" and user in ("", one["alias"], one["user"])
        ]

    def wait_for_replies(
        self, count: int, user: str = "", timeout: float = SETTLED_SECONDS
    ) -> list[str]:
        """So many bubbles of the OA's, once they are there."""
        wait(lambda: len(self.replies(user)) >= count, f"{count} replies", self.story, timeout)
        return self.replies(user)

    def wait_until_settled(self, timeout: float = SETTLED_SECONDS) -> None:
        """Return once nothing is owed and every event is heard."""
        wait(lambda: self.open_rows() == 0, "an empty outbox and inbox", self.story, timeout)

    def story(self) -> str:
        """What the processes wrote, and what is owed, for a test that failed."""
        logs = sorted(self.folder.glob("*.log*"))
        tails = [f"== {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs]
        owed = [(r.id, r.state, r.due_at, r.claims, r.unsure, r.reason) for r in self.owed()]
        states = Counter(row.state for row in self.owed())
        return "\n".join([*tails[-8:], f"{states}", f"{[o for o in owed if o[2]][:10]}"])


def wait(happened: Callable[[], bool], what: str, story: Callable[[], str], timeout: float) -> None:
    """Wait, and tell what the processes wrote when it did not happen."""
    try:
        wait_until(happened, what, timeout=timeout, every=0.05)
    except DidNotHappen as late:
        raise DidNotHappen(f"{late}\n{story()}") from None


def has_all_lanes(worker: Child) -> bool:
    """Whether a worker has started whole: its parent and a process a lane."""
    return len(worker.processes()) == 1 + len(LANES)
