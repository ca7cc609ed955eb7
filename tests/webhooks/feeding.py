"""A program that feeds dossiers, as tests write one: signs its calls and reads the answers."""

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from bot.agencies import add_agency
from bot.feed_keys import NewKey, add_feed_key
from bot.runtime import Runtime
from webhooks.feed import PATH, blueprint


@dataclass(frozen=True, slots=True)
class Feeder:
    """One key and the door it knocks at."""

    runtime: Runtime
    client: FlaskClient
    key: NewKey
    path: str = PATH

    def with_key(self, key: NewKey) -> "Feeder":
        """The same door with another key."""
        return replace(self, key=key)

    def at(self, path: str) -> "Feeder":
        """The same key at another door."""
        return replace(self, path=path)

    def headers(self, body: bytes, at: float | str | None = None) -> dict[str, str]:
        """The three headers, made by the words of the contract alone."""
        moment = self.runtime.now().timestamp() if at is None else at
        stamp = moment if isinstance(moment, str) else str(int(moment))
        mac = hmac.new(self.key.secret.encode(), stamp.encode() + b"." + body, sha256)
        return {
            "X-Feed-Key": self.key.id,
            "X-Feed-Timestamp": stamp,
            "X-Feed-Signature": f"sha256={mac.hexdigest()}",
        }

    def post(
        self,
        body: bytes,
        content_type: str | None = "application/json",
        at: float | str | None = None,
        **headers: str | None,
    ) -> TestResponse:
        """Post bytes, rightly signed; `headers` by name with _ for -, None leaves one out."""
        given: dict[str, str | None] = dict(self.headers(body, at))
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            self.path,
            data=body,
            content_type=content_type,
            headers={name: value for name, value in given.items() if value is not None},
        )

    def send(self, *records: Any) -> TestResponse:
        """Send dossiers."""
        return self.post(json.dumps({"dossiers": records}).encode())

    def results(self, *records: Any) -> list[dict[str, Any]]:
        """Send dossiers whose form is right; what became of each."""
        answer = self.send(*records)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.get_json()["results"]
        return results

    def outcomes(self, *records: Any) -> list[str]:
        """Send dossiers; the outcome of each."""
        return [result["outcome"] for result in self.results(*records)]


def feed_app(runtime: Runtime) -> Flask:
    """An application with the feed alone."""
    app = Flask("feed-for-tests")
    app.register_blueprint(blueprint(runtime))
    return app


def make_feeder(runtime: Runtime) -> Feeder:
    """A key of H32 and below, among the agencies H32 > H32.15 > H32.15.8, and H44 beside them."""
    add_agency(runtime, "H32", "Ủy ban nhân dân tỉnh")
    add_agency(runtime, "H32.15", "Sở Nông nghiệp và Môi trường", parent="H32")
    add_agency(runtime, "H32.15.8", "Chi nhánh Văn phòng Đăng ký đất đai", parent="H32.15")
    add_agency(runtime, "H44", "Ủy ban nhân dân tỉnh bên cạnh")
    return Feeder(runtime, feed_app(runtime).test_client(), add_feed_key(runtime, "H32"))


@contextmanager
def served(runtime: Runtime) -> Iterator[str]:
    """The feed behind a real socket of this machine; gives its address."""
    server = make_server("127.0.0.1", 0, feed_app(runtime), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
