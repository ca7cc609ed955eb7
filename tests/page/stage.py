"""A scripted stand-in for the sandbox's server: static page, recorded actions, event stream."""

from __future__ import annotations

import json
import queue
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "sandbox" / "page"
KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
CODE = "H32.01-261116-0001"


def make_person(number: int, name: str, **facts: object) -> dict[str, object]:
    """A citizen with a phone; `facts` override the ordinary ones."""
    known = {
        "id": f"900{number}",
        "alias": f"p{number}",
        "name": name,
        "phone": f"8490000000{number}",
    }
    usual = {"following": True, "last_interaction": None, "window": "never", "has_zalo": True}
    return {**known, **usual, **facts}


def make_dossier(
    code: str, step: str, following_step: str | None, last_answer: str = ""
) -> dict[str, object]:
    """A demo dossier of the one-stop office."""
    return {
        "code": code,
        "local_code": "0101701234",
        "procedure": "Cấp giấy phép xây dựng nhà ở riêng lẻ",
        "agency": "H32.01",
        "step": step,
        "status": 4,
        "due_at": "2026-11-27T17:00:00+07:00",
        "next": following_step,
        "last_answer": last_answer,
    }


def opening_state() -> dict[str, Any]:
    """What the page is told when it connects for the first time."""
    switch = {"on": False, "count": None, "label": "", "description": "in English"}
    return {
        "now": "2026-11-22T15:05:00+07:00",
        "offset_seconds": 0,
        "oa": {"id": "4018", "name": "Dịch vụ công", "verified": True},
        "people": [
            make_person(1, "Trần Thị Mẫu", following=False),
            make_person(2, "Lê Văn Mẫu", window="48h"),
            make_person(3, "Y Mẫu Niê", window="7d"),
        ],
        "messages": [],
        "requests": [],
        "faults": [
            {**switch, "name": "duplicate", "value": None},
            {**switch, "name": "error_code", "value": -248},
            {**switch, "name": "brand_new", "value": None, "label": "Sự cố mới toanh"},
        ],
        "webhook": {"url": "http://127.0.0.1:8000/webhooks/zalo", "enabled": True}
        | {"waiting_retries": 0, "events": {"user_send_text": True}},
        "tokens": {},
        "dossiers": [
            make_dossier(CODE, "Thẩm định hồ sơ", "Trình ký"),
            make_dossier("H32.01-261109-0007", "Trình ký", None),
        ],
        "feed": {"configured": True, "url": "http://127.0.0.1:8000/feeds/v1/dossiers"},
    }


class Stage(ThreadingHTTPServer):
    """Serves the page, records what it posts, and streams what a test tells it to."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), StageHandler)
        self.state = opening_state()
        self.posts: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.streams: list[queue.Queue[str | None]] = []
        self.refusal = ""
        self.serial = 0
        self.reachable = True

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def tell(self, kind: str, entry: dict[str, Any]) -> None:
        """Send one event to every open page."""
        for stream in list(self.streams):
            stream.put(f"event: {kind}\ndata: {json.dumps(entry)}\n\n")

    def message(self, speaker: str, text: str, kind: str = "text", **more: object) -> None:
        """Let a citizen (the first one unless told) or the account say something."""
        self.serial += 1
        known = {"id": self.serial, "msg_id": f"m{self.serial}", "channel": "zalo", "from": speaker}
        said = {"kind": kind, "text": text, "at": "2026-11-22T15:06:00+07:00", "buttons": []}
        entry = {"user": "9001", **known, **said, **more}
        self.state["messages"].append(entry)
        self.tell("message", entry)

    def drop(self) -> None:
        """Cut every open stream."""
        for stream in list(self.streams):
            stream.put(None)

    def next_post(self) -> tuple[str, dict[str, Any]]:
        """The oldest action of the page that no one has looked at yet."""
        return self.posts.get(timeout=10)


class StageHandler(BaseHTTPRequestHandler):
    """Static files, one answer to every action, and the event stream."""

    server: Stage
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test output quiet."""

    def answer(self, status: int, kind: str, body: bytes) -> None:
        """One complete answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """The page, its files, or the stream."""
        if self.path == "/control/stream":
            self.stream()
            return
        file = PAGE / (self.path.removeprefix("/page/") if self.path != "/" else "index.html")
        if file.is_file():
            self.answer(200, f"{KINDS[file.suffix]}; charset=utf-8", file.read_bytes())
        else:
            self.answer(404, "text/plain", b"")

    def stream(self) -> None:
        """Tell the whole state, then events until the stream is cut."""
        self.close_connection = True
        if not self.server.reachable:
            self.answer(503, "text/plain", b"")
            return
        events: queue.Queue[str | None] = queue.Queue()
        self.server.streams.append(events)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(f"event: state\ndata: {json.dumps(self.server.state)}\n\n".encode())
        try:
            while (event := events.get()) is not None:
                self.wfile.write(event.encode())
        except OSError:
            self.close_connection = True
        self.server.streams.remove(events)

    def do_POST(self) -> None:
        """Take an action, or refuse it as the test has asked."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posts.put((self.path, body))
        refusal = self.server.refusal
        told = {"ok": False, "error": refusal} if refusal else {"ok": True}
        self.answer(400 if refusal else 200, "application/json", json.dumps(told).encode())
