"""A carrier in its own process: takes templates and SMS, writes each down, answers a bit later.

What it took it took before it answers, so a sender that is killed meanwhile does not know of it.
"""

import asyncio
import json
import multiprocessing
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkProcess
from multiprocessing.sharedctypes import Synchronized

LATER = 0.005  # seconds from taking a text to answering
FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class TakenText:
    """One text that was taken; `phone` as 84…, `request` our own name for it."""

    way: str  # template_phone | sms
    request: str
    phone: str
    text: str


class Carrier:
    """The carrier's address, how much it took so far, and in the end what."""

    def __init__(self) -> None:
        self.taken: Synchronized[int] = FORK.Value("q", 0)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._mine, theirs = FORK.Pipe()
        serve = Served(self.taken, theirs)
        self._process: ForkProcess = FORK.Process(
            target=lambda: asyncio.run(serve.run(self._listening)), daemon=True
        )
        self._process.start()

    def close(self) -> Sequence[TakenText]:
        """End it; all that it took, in order."""
        self._mine.send("end")
        told = [TakenText(*one) for one in self._mine.recv()]
        self._process.join()
        self._listening.close()
        return told


class Served:
    """The carrier inside its process."""

    def __init__(self, count: "Synchronized[int]", pipe: object) -> None:
        self._count, self._pipe = count, pipe
        self.log: list[tuple[str, str, str, str]] = []

    async def run(self, listening: socket.socket) -> None:
        """Serve until told to end."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(self._pipe.fileno(), ended.set)  # type: ignore[attr-defined]
        server = await loop.create_server(lambda: _Caller(self), sock=listening)
        await ended.wait()
        self._pipe.recv()  # type: ignore[attr-defined]
        self._pipe.send(self.log)  # type: ignore[attr-defined]
        server.close()

    def take(self, path: str, told: dict[str, object]) -> dict[str, object]:
        """One text; what its sender is answered."""
        name = f"m{len(self.log):08d}"
        if path.startswith("/sms"):
            entry = ("sms", "RequestId", "Phone", "Content")
            answer: dict[str, object] = {"CodeResult": "100", "SMSID": name}
        else:
            entry = ("template_phone", "tracking_id", "phone", "template_data")
            answer = {"error": 0, "message": "Success", "data": {"msg_id": name}}
        way, *fields = entry
        request, phone, text = (str(told[field]) for field in fields)
        self.log.append((way, request, f"84{phone.removeprefix('84').removeprefix('0')}", text))
        self._count.value = len(self.log)
        return answer


class _Caller(asyncio.Protocol):
    """One kept-alive connection with one request under way at a time."""

    def __init__(self, served: Served) -> None:
        self._served, self._got = served, b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        lines = head.decode("latin-1").split("\r\n")
        lengths = [line for line in lines if line.lower().startswith("content-length:")]
        if len(body) < int(lengths[0].split(":")[1]):
            return
        self._got = b""
        path = lines[0].split(" ")[1]
        answer = json.dumps(self._served.take(path, json.loads(body))).encode()
        asyncio.get_running_loop().call_later(LATER, self._answer, answer)

    def _answer(self, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        self._transport.write(head.encode() + b"\r\n\r\n" + body)
