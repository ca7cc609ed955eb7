"""A sandbox over real HTTP on loopback, and a product of a few lines that listens to it."""

import asyncio
import base64
import json
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
from aiohttp import web

from sandbox.app import create_app
from sandbox.settings import settings_from
from sandbox.world import WORLD

APP_ID, APP_SECRET = "2391846705512873460", "app secret of the tests"
OA_ID, OA_KEY = "4018273645501928374", "oa key of the tests"
PATIENCE = 10.0
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@dataclass(frozen=True, slots=True)
class Arrived:
    """One request as the product received it."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def event(self) -> Any:
        """The body, parsed."""
        return json.loads(self.raw)

    @property
    def name(self) -> str:
        """The event's name."""
        return str(self.event.get("event_name", "")) if self.raw else ""


class QuietServer(ThreadingHTTPServer):
    """A server to which a hung-up caller is nothing worth a traceback."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of everything but a cut connection."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Product:
    """Takes webhooks and feeds down, and answers as a test wishes."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.answer: Callable[[Arrived], tuple[int, Any]] = lambda _: (200, {})
        self._news = threading.Condition()
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def wait(self, count: int, **those: str) -> list[Arrived]:
        """Wait until so many events (of this `name`) have come; gives all of them."""
        with self._news:
            self._news.wait_for(lambda: len(self.those(**those)) >= count, PATIENCE)
        found = self.those(**those)
        assert len(found) >= count, f"{len(found)} of {count} came: {[a.raw for a in self.arrived]}"
        return found

    def those(self, name: str = "") -> list[Arrived]:
        """What has come so far, or only the events of one name."""
        return [one for one in list(self.arrived) if not name or one.name == name]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        product = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def _answer(self, raw: bytes) -> None:
                arrived = Arrived(self.path, dict(self.headers), raw)
                status, body = product.answer(arrived)
                with product._news:
                    product.arrived.append(arrived)
                    product._news.notify_all()
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Stay silent."""

        return Handler


class Rehearsal:
    """A running sandbox and the calls tests make to it."""

    def __init__(self, product: Product, **environ: str) -> None:
        self.product = product
        self._settings = settings_from(
            {
                "SANDBOX_PORT": "0",
                "ZALO_APP_ID": APP_ID,
                "ZALO_APP_SECRET": APP_SECRET,
                "ZALO_OA_ID": OA_ID,
                "ZALO_OA_SECRET_KEY": OA_KEY,
                "SANDBOX_WEBHOOK_URL": f"{product.url}/webhooks/zalo",
                "SANDBOX_FEED_URL": f"{product.url}/feeds/v1/dossiers",
                "SANDBOX_SMS_INBOUND_URL": f"{product.url}/webhooks/sms",
            }
            | environ
        )
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(PATIENCE), "the sandbox did not start"
        self.http = requests.Session()
        self.http.trust_env = False
        self.token = ""

    def close(self) -> None:
        """End the sandbox as a signal would."""
        if not self._thread.is_alive():
            return
        self.http.close()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)

    def control(self, path: str, **body: Any) -> Any:
        """One control request that must succeed."""
        answer = self.http.post(f"{self.url}/control/{path}", json=body, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path: str, **headers: str) -> Any:
        """One GET, its JSON."""
        return self.http.get(f"{self.url}{path}", headers=headers, timeout=PATIENCE).json()

    def fault(self, name: str, value: float | None = None, count: int | None = None) -> None:
        """Switch one fault on."""
        self.control("fault", name=name, on=True, value=value, count=count)

    def uid(self, alias: str = "an") -> str:
        """A citizen's UID."""
        people = self.get("/control/state")["people"]
        return str(next(one["id"] for one in people if one["alias"] == alias))

    def person(self, alias: str = "an") -> Any:
        """A citizen as the page shows them."""
        people = self.get("/control/state")["people"]
        return next(one for one in people if one["alias"] == alias)

    def call(self, path: str, body: Any = None, **headers: str) -> Any:
        """One API call with the present access token."""
        if not self.token and "access_token" not in headers:
            self.token = self.control("token")["access_token"]
        headers = {"access_token": self.token} | headers
        url = f"{self.url}{path}"
        if body is None:
            return self.http.get(url, headers=headers, timeout=PATIENCE)
        return self.http.post(url, json=body, headers=headers, timeout=PATIENCE)

    def cs(self, message: Any, alias: str = "an") -> Any:
        """Send a CS message; gives the answer's JSON."""
        body = {"recipient": {"user_id": self.uid(alias)}, "message": message}
        return self.call("/openapi/v3.0/oa/message/cs", body).json()

    def oauth(self, **form: str) -> Any:
        """Ask the token endpoint; gives the answer's JSON."""
        return self.http.post(
            f"{self.url}/oauth/v4/oa/access_token",
            data={"app_id": APP_ID} | form,
            headers={"secret_key": APP_SECRET},
            timeout=PATIENCE,
        ).json()

    def photo(self, content: bytes = PNG, alias: str = "an") -> Any:
        """Let a citizen send a photo."""
        encoded = base64.b64encode(content).decode()
        return self.control("photo", user=alias, image_base64=encoded)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        app = create_app(self._settings)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        app[WORLD].listens_on(runner.addresses)
        self.url = app[WORLD].address
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()
