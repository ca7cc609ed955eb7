"""Failures of a real socket: what surely never left, and what may have been taken."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import requests

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Answer, Wire
from tests.rig.child import free_port


class RawServer(socketserver.ThreadingTCPServer):
    """Reads requests and answers each with the same bytes: none at all, or None for a cut."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: bytes | None) -> None:
        super().__init__(("127.0.0.1", 0), RawHandler)
        self.answer = answer
        self.peers: list[int] = []  # the caller's port, once for each request
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self.shutdown()
        self.server_close()


class RawHandler(socketserver.StreamRequestHandler):
    """One connection."""

    server: RawServer

    def handle(self) -> None:
        """Answer request after request until the caller hangs up."""
        while self._read():
            self.server.peers.append(self.client_address[1])
            if self.server.answer is None:
                return
            self.wfile.write(self.server.answer)

    def _read(self) -> bool:
        """Read one request; False when the caller hung up."""
        length = -1
        while line := self.rfile.readline().strip():
            length = int(line.split()[1]) if line.lower().startswith(b"content-length") else length
        return length >= 0 and len(self.rfile.read(length)) == length


Serve = Callable[[bytes | None], RawServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers and stops them at the end."""
    with ExitStack() as stack:

        def start(answer: bytes | None) -> RawServer:
            server = RawServer(answer)
            stack.callback(server.close)
            return server

        yield start


def post(url: str, wire: Wire | None = None) -> Answer:
    request = requests.Request("POST", url, data=b"{}").prepare()
    return (wire or Wire((0.3, 0.3))).call(request)


def failure(url: str) -> Again:
    with pytest.raises(SendFailed) as failed:
        post(url)
    return failed.value.again


def http(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def test_a_refused_connection_was_never_used() -> None:
    assert failure(f"http://127.0.0.1:{free_port()}/") is Again.LATER


def test_a_host_that_swallows_connections_was_never_reached() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = []
        for _ in range(4):  # the kernel's queue of connections is full, the next gets no answer
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            waiting.append(one)
        assert failure(f"http://127.0.0.1:{port}/") is Again.LATER
        for one in waiting:
            one.close()


@pytest.mark.parametrize(
    ("answer", "again"),
    [
        (None, Again.UNSURE),
        (b"", Again.UNSURE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", Again.UNSURE),
        (b"no HTTP at all\r\n\r\n", Again.UNSURE),
        (http("200 OK", b"<html>"), Again.UNSURE),
        (http("200 OK", b"[" * 100_000), Again.UNSURE),
        (http("503 Service Unavailable", b"{}"), Again.UNSURE),
        (http("404 Not Found", b"<html>"), Again.LATER),
        (http("301 Moved", b"", "Location: http://127.0.0.1:1/"), Again.LATER),
        (http("429 Too Many Requests", b""), Again.PAUSE),
    ],
    ids=["cut", "silent", "half an answer", "no HTTP", "HTML", "deep", "503", "404", "301", "429"],
)
def test_an_answer_that_is_none_says_whether_it_may_have_been_taken(
    serve: Serve, answer: bytes | None, again: Again
) -> None:
    assert failure(serve(answer).url) is again


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        (http("200 OK", b'{"error":0}'), Answer(200, {"error": 0})),
        (http("400 Bad Request", b'{"error":-1}'), Answer(400, {"error": -1})),
        (http("401 Unauthorized", b""), Answer(401, {})),
    ],
)
def test_json_is_an_answer_whatever_its_status(serve: Serve, answer: bytes, read: Answer) -> None:
    assert post(serve(answer).url) == read


def test_a_thread_keeps_its_connection_and_no_other_thread_shares_it(serve: Serve) -> None:
    server, wire = serve(http("200 OK", b"{}")), Wire()
    for _ in range(2):
        thread = threading.Thread(target=lambda: [post(server.url, wire) for _ in range(3)])
        thread.start()
        thread.join()
    assert [server.peers.count(port) for port in dict.fromkeys(server.peers)] == [3, 3]


def test_the_environments_proxy_is_not_asked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    assert post(serve(http("200 OK", b"{}")).url).status == 200
