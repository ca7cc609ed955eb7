"""An HTTP server that keeps what it was asked and answers as it was told."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """One answer to give; `cut` hangs up instead, `late` waits so many seconds first."""

    body: bytes = b"{}"
    status: int = 200
    cut: bool = False
    late: float = 0


class AnsweringServer(ThreadingHTTPServer):
    """Gives the answers of `told` one after the other, and the last one for ever."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Asked] = []
        self.told: deque[Told] = deque([Told()])
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: AnsweringServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Keep it, answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        told = self.server.told
        answer = told.popleft() if len(told) > 1 else told[0]
        time.sleep(answer.late)
        if answer.cut:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def do_GET(self) -> None:
        """The same."""
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the requests are kept."""
