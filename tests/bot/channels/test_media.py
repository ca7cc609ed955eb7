"""Photos are fetched from the carrier's hosts, within bounds of size and time, from no other."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.channels.guarded import Fault, NotFetched
from bot.channels.media import MOST_BYTES, fetch_photo
from tests.rig.closed_network import ClosedNetwork, OutsideNetwork

Script = Callable[[socket.socket], None]
HOSTS = ("zdn.vn", "zadn.vn", "zalo.me")


class Storage:
    """A media host that answers each request by a script; `asked` holds the request lines."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.connections = 0
        self.scripts: list[Script] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"http://{self.host}/photo"
        self.over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connected, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._one, args=(connected,), daemon=True).start()

    def _one(self, connected: socket.socket) -> None:
        with connected, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                got = connected.recv(4096)
                if not got:
                    return
                head += got
                if head.startswith(b"\x16"):  # TLS, which is not spoken here
                    return
            self.asked.append(head.split(b"\r\n")[0])
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            script(connected)


@pytest.fixture
def storage() -> Iterator[Storage]:
    storage = Storage()
    yield storage
    storage.close()


def answer(body: bytes = b"", status: str = "200 OK", *headers: str) -> Script:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return lambda connected: connected.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def why(url: str, *hosts: str, seconds: float = 8.0) -> Fault:
    with pytest.raises(NotFetched) as refused:
        fetch_photo(url, hosts or HOSTS, seconds)
    return refused.value.why


def test_a_photo_comes_as_it_is(storage: Storage) -> None:
    storage.scripts = [answer(b"\xff\xd8 a photo" * 9000)]
    assert fetch_photo(f"{storage.url}?a=b%20c", [storage.host]) == b"\xff\xd8 a photo" * 9000
    assert storage.asked == [b"GET /photo?a=b%20c HTTP/1.1"]


def test_a_photo_in_chunks_without_a_length_comes_whole(storage: Storage) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    storage.scripts = [lambda c: c.sendall(head + b"4\r\nfour\r\n6\r\n and 2\r\n0\r\n\r\n")]
    assert fetch_photo(storage.url, [storage.host]) == b"four and 2"


@pytest.mark.parametrize(
    "url",
    [
        "http://photo.zdn.vn/a",
        "https://photo.zdn.vn:8443/a",
        "https://xzdn.vn/a",
        "https://zdn.vn.example/a",
        "https://example.vn/zdn.vn",
        "https://zdn.vn@example.vn/a",
        "https://zdn.vn:pw@127.0.0.1/a",
        "https://zdn.vn%2eexample.vn/a",
        "https://127.1/a",
        "https://0x7f000001/a",
        "https://[::ffff:127.0.0.1]/a",
        "https://photo.zdn.vn%00.example.vn/a",
        "https://photo.zdn.vn/a b",
        "https://example.vn#.zdn.vn",
        "https://example.vn\\.zdn.vn/a",
        "https://zdn.vn\r\nHost: example.vn/a",
        "https://ｚdn.vn/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://2130706433/a",
        "https://.zdn.vn/a",
        "https://zdn.vn:99999/a",
        "ftp://photo.zdn.vn/a",
        "file:///etc/passwd",
        "//photo.zdn.vn/a",
        "photo.zdn.vn",
        "",
        "https://photo.zdn.vn/" + "a" * 3000,
    ],
)
def test_what_is_not_of_the_carrier_is_not_asked(url: str) -> None:
    assert why(url) is Fault.ADDRESS


@dataclass(slots=True)
class Names:
    """A name server that an attacker may have written: what it is asked, and what it answers."""

    answers: list[list[tuple[str, int]]]
    asked: list[str] = field(default_factory=list)

    def look_up(self, host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [self._row(address, at or port) for address, at in answer]

    @staticmethod
    def _row(address: str, port: int) -> tuple[Any, ...]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        place = (address, port, 0, 0) if ":" in address else (address, port)
        return family, socket.SOCK_STREAM, 6, "", place


@pytest.mark.parametrize("host", ["zdn.vn", "photo.zdn.vn", "PHOTO.F6.ZDN.VN", "s.zalo.me"])
def test_a_name_that_leads_into_the_house_is_not_connected_to(
    storage: Storage, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.scripts = [answer(b"a secret")]
    names = Names([[("127.0.0.1", int(storage.host.split(":")[1]))]])
    monkeypatch.setattr(socket, "getaddrinfo", names.look_up)
    assert why(f"https://{host}/a") is Fault.PRIVATE
    assert (storage.asked, storage.connections) == ([], 0)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "2002:7f00:1::1", "64:ff9b::7f00:1",
        "64:ff9b::a01:203", "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)  # fmt: skip
def test_no_address_of_the_inside_is_connected_to_however_it_is_written(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names([[(address, 0)]]).look_up)
    assert why("https://photo.zdn.vn/a") is Fault.PRIVATE


def test_a_name_is_looked_up_once_so_that_a_second_answer_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, closed_network: ClosedNetwork
) -> None:
    names = Names([[("8.8.8.8", 0)], [("127.0.0.1", 0)]])
    monkeypatch.setattr(socket, "getaddrinfo", names.look_up)
    with pytest.raises(OutsideNetwork):
        fetch_photo("https://photo.zdn.vn/a", HOSTS)
    assert names.asked == ["photo.zdn.vn"]
    [attempt] = closed_network.take_attempts()  # the judged address, and no other
    assert "8.8.8.8" in str(attempt)


def test_the_next_address_of_a_name_is_tried_when_the_first_is_away(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.scripts = [answer(b"photo")]
    port = int(storage.host.split(":")[1])
    names = Names([[("127.0.0.1", 1), ("127.0.0.1", port)]])
    monkeypatch.setattr(socket, "getaddrinfo", names.look_up)
    assert fetch_photo(storage.url, [storage.host]) == b"photo"


def test_another_port_of_an_allowed_machine_is_not_asked(storage: Storage) -> None:
    port = int(storage.host.split(":")[1])
    assert why(storage.url, f"127.0.0.1:{port + 1}", "127.0.0.1") is Fault.ADDRESS


def test_a_redirect_to_another_allowed_host_is_followed(storage: Storage) -> None:
    other = Storage()
    storage.scripts = [answer(b"", "302 Found", f"Location: {other.url}")]
    other.scripts = [answer(b"photo")]
    assert fetch_photo(storage.url, [storage.host, other.host]) == b"photo"
    assert why(storage.url, storage.host) is Fault.ADDRESS
    other.close()


def test_a_redirect_within_the_host_is_followed(storage: Storage) -> None:
    storage.scripts = [answer(b"", "302 Found", "Location: /there?x=1"), answer(b"photo")]
    assert fetch_photo(storage.url, [storage.host]) == b"photo"
    assert storage.asked[1] == b"GET /there?x=1 HTTP/1.1"


@pytest.mark.parametrize(
    ("location", "fault"),
    [
        ("https://photo.zdn.vn/a", Fault.MOVED),
        ("http://169.254.169.254/latest", Fault.ADDRESS),
        ("//example.vn/a", Fault.ADDRESS),
        ("/photo", Fault.MOVED),
    ],
    ids=["out of a rehearsal", "to the inside", "to a stranger", "in circles"],
)
def test_a_redirect_elsewhere_is_not_followed(
    storage: Storage, location: str, fault: Fault
) -> None:
    storage.scripts = [answer(b"", "302 Found", f"Location: {location}")]
    assert why(storage.url, storage.host, *HOSTS) is fault


def test_a_photo_that_says_it_is_too_large_is_not_loaded(storage: Storage) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {MOST_BYTES + 1}\r\n\r\n"
    storage.scripts = [lambda connected: connected.sendall(head.encode())]
    assert why(storage.url, storage.host) is Fault.TOO_LARGE


def test_a_photo_that_hides_its_size_is_cut_off(storage: Storage) -> None:
    sent = []

    def flood(connected: socket.socket) -> None:
        connected.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(1000):
            sent.append(connected.send(b"\x00" * 65536))

    storage.scripts = [flood]
    assert why(storage.url, storage.host) is Fault.TOO_LARGE
    assert sum(sent) < 3 * MOST_BYTES


def test_a_packed_answer_is_not_unpacked(storage: Storage) -> None:
    storage.scripts = [answer(b"\x1f\x8b bomb", "200 OK", "Content-Encoding: gzip")]
    assert why(storage.url, storage.host) is Fault.GONE


@pytest.mark.parametrize(
    "begun",
    [b"", b"HTTP/1.1 200 OK\r\nX-", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"],
    ids=["nothing", "half a head", "half a photo"],
)
def test_a_host_that_dawdles_is_left_when_the_time_is_over(storage: Storage, begun: bytes) -> None:
    def dawdle(connected: socket.socket) -> None:
        connected.sendall(begun)
        while not storage.over.wait(0.05):
            connected.sendall(b"a")

    storage.scripts = [dawdle]
    assert why(storage.url, storage.host, seconds=0.4) is Fault.TOO_SLOW


@pytest.mark.parametrize(
    ("script", "fault", "again"),
    [
        (answer(b"gone", "410 Gone"), Fault.GONE, False),
        (answer(b"", "404 Not Found"), Fault.GONE, False),
        (answer(b"", "503 Busy"), Fault.GONE, True),
        (lambda connected: connected.close(), Fault.UNREACHED, True),
        (lambda connected: connected.sendall(b"SSH-2.0\r\n"), Fault.UNREACHED, True),
        (
            lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"),
            Fault.UNREACHED,
            True,
        ),
    ],
    ids=["expired", "unknown", "busy", "hung up", "no HTTP", "cut off"],
)
def test_what_cannot_be_had_says_whether_to_try_again(
    storage: Storage, script: Script, fault: Fault, again: bool
) -> None:
    storage.scripts = [script]
    with pytest.raises(NotFetched) as refused:
        fetch_photo(storage.url, [storage.host])
    assert (refused.value.why, refused.value.again) == (fault, again)


def test_a_host_without_a_certificate_is_not_believed(storage: Storage) -> None:
    storage.scripts = [answer(b"photo")]
    assert why(storage.url.replace("http", "https", 1), storage.host) is Fault.UNREACHED


def test_no_message_holds_the_address(storage: Storage) -> None:
    storage.scripts = [answer(b"", "404 Not Found")]
    for url in (storage.url + "?key=abc", "https://example.vn/abc"):
        with pytest.raises(NotFetched) as refused:
            fetch_photo(url, [storage.host])
        assert "abc" not in f"{refused.value!r} {refused.value.__cause__!r}"
