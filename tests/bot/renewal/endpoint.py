"""A token endpoint that rotates as the manual says, and misbehaves when told to."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """How the next refresh goes: after rotating or before, and with which answer."""

    rotates: bool
    status: int = 200
    body: Any = None  # None: the connection is cut


class TokenEndpoint:
    """One OA's grant; each refresh token works once."""

    def __init__(self) -> None:
        self.pair = {"access_token": "access-0", "refresh_token": "refresh-0"}
        self.presented: list[str] = []
        self.next: list[Misbehaviour] = []
        self.gate = threading.Event()  # closed by a test that wants to act before the answer
        self.gate.set()
        self.reached = threading.Semaphore(0)
        self.answered = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/oauth"

    def close(self) -> None:
        """Stop listening."""
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()

    def _refresh(self, form: dict[str, list[str]]) -> Misbehaviour:
        with self._lock:
            self.presented.append(form["refresh_token"][0])
            odd = self.next.pop(0) if self.next else None
            if odd and not odd.rotates:
                return odd
            if self.presented[-1] != self.pair["refresh_token"]:
                no = {"error": -14014, "error_name": "Invalid refresh token"}
                return Misbehaviour(False, body=no)
            number = len(self.presented)
            self.pair = {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}"}
            return odd or Misbehaviour(True, body=self.pair | {"expires_in": "90000"})

    def _handler(self) -> Callable[..., BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                answer = endpoint._refresh(parse_qs(raw.decode()))
                endpoint.reached.release()
                endpoint.gate.wait(PATIENCE)
                if answer.body is not None:
                    body = json.dumps(answer.body).encode()
                    self.send_response(answer.status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                self.close_connection = True
                endpoint.answered.release()

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        return Handler
