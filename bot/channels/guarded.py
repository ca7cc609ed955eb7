"""One request to an address that somebody else named: who may be asked, and how much is taken."""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from bot.traces import span

CONNECT_SECONDS = 3.0
LONGEST_URL = 2_000
_CHUNK = 64 * 1024
_HTTPS = 443
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
_MOVED = frozenset({301, 302, 303, 307, 308})
# Between the parsers of two programs a strange character is how another host is smuggled in.
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?&=%+,;!$'()*@\[\]]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.\-]*[a-z0-9])?")


class Fault(StrEnum):
    """Why nothing was fetched; the names count in the metrics, an address never does."""

    ADDRESS = "address not allowed"
    PRIVATE = "private address"
    MOVED = "moved elsewhere"
    TOO_LARGE = "too large"
    TOO_SLOW = "too slow"
    GONE = "gone"
    UNREACHED = "not reached"


class NotFetched(Exception):
    """What could not be fetched; may be asked for again where `again` says so."""

    def __init__(self, why: Fault, again: bool = False) -> None:
        super().__init__(str(why))
        self.why = why
        self.again = again


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to ask. `trusted`: named with its port in the settings, so it may be private."""

    host: str
    port: int
    secure: bool
    target: str
    trusted: bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is waited for and taken.

    Units: `most_bytes` of an answer's content; `seconds` for all of it: names, connection, every
           byte; `hops` are redirects that are followed, each judged like the first address.
    """

    most_bytes: int
    seconds: float
    hops: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Form:
    """What is sent along with a POST; `headers` beside those that every request has."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Got:
    """What was answered, whatever its status; a redirect that is not followed is a fault.

    Shape: `date` as its header stands, to hold clocks against each other; "" without one.
    """

    status: int
    content: bytes
    date: str = ""


def fetch(url: str, hosts: Sequence[str], bounds: Bounds, form: Form | None = None) -> Got:
    """Ask one address, by GET, or by POST when a form goes along.

    Shape:  `hosts` are suffixes of host names (https at its own port, at public addresses), or
            `host:port` exactly, which somebody named on purpose and which may lie inside.
    Errors: NotFetched. The address is never written anywhere: whoever has it may see what it holds.
    """
    place = _place(url, hosts)
    with span("fetch", host=place.host), _Deadline(bounds.seconds) as deadline:
        for _ in range(bounds.hops + 1):
            got, following = _asked(place, bounds, deadline, form)
            if following is None:
                return got
            moved = _place(urljoin(_address(place), following), hosts)
            if moved.trusted != place.trusted:  # no host of others leads into the house
                raise NotFetched(Fault.MOVED)
            place = moved
    raise NotFetched(Fault.MOVED)


def may_fetch(url: str, hosts: Sequence[str]) -> bool:
    """Whether an address, by its form and host, is one that `fetch` would ask."""
    try:
        _place(url, hosts)
    except NotFetched:
        return False
    return True


def _address(place: _Place) -> str:
    scheme = "https" if place.secure else "http"
    return f"{scheme}://{place.host}:{place.port}{place.target}"


def _place(url: str, hosts: Sequence[str]) -> _Place:
    """Where an address leads, or NotFetched where it may not."""
    if len(url) > LONGEST_URL or not _PLAIN.fullmatch(url):
        raise NotFetched(Fault.ADDRESS)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotFetched(Fault.ADDRESS) from None
    host = (parts.hostname or "").removesuffix(".")
    secure = parts.scheme == "https"
    if "@" in parts.netloc or parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise NotFetched(Fault.ADDRESS)
    own_port = port or (_HTTPS if secure else 80)
    trusted = f"{host}:{own_port}" in hosts
    if not trusted and not (secure and own_port == _HTTPS and _may_ask(host, hosts)):
        raise NotFetched(Fault.ADDRESS)
    return _Place(host, own_port, secure, _target(parts), trusted)


def _may_ask(host: str, hosts: Sequence[str]) -> bool:
    """Whether a host is one of these or below one: `zdn.vn` lets `a.zdn.vn` in, not `xzdn.vn`."""
    suffixes = [one.lower().strip(".") for one in hosts if ":" not in one]
    return any(host == one or host.endswith(f".{one}") for one in suffixes if one)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class _Deadline:
    """Cuts the connection when the time is over, whatever it waits for just then."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._watched: socket.socket | None = None
        self._lock = threading.Lock()
        self.over = False

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._timer.cancel()
        self.forget()

    def watch(self, connected: socket.socket) -> None:
        """Cut this one; a copy is kept, for TLS takes the socket itself away."""
        self.forget()
        with self._lock:
            self._watched = connected.dup()

    def forget(self) -> None:
        """Nothing is to be cut any more."""
        with self._lock:
            watched, self._watched = self._watched, None
        if watched is not None:
            watched.close()

    def _cut(self) -> None:
        self.over = True
        with self._lock:
            if self._watched is not None:
                with suppress(OSError):
                    self._watched.shutdown(socket.SHUT_RDWR)


@contextmanager
def _told_apart(deadline: _Deadline) -> Iterator[None]:
    """Faults of the network as NotFetched."""
    try:
        yield
    except NotFetched:
        if deadline.over:
            raise NotFetched(Fault.TOO_SLOW) from None
        raise
    except (OSError, http.client.HTTPException, ValueError) as fault:
        slow = deadline.over or isinstance(fault, TimeoutError)
        raise NotFetched(Fault.TOO_SLOW if slow else Fault.UNREACHED, again=not slow) from None


def _asked(
    place: _Place, bounds: Bounds, deadline: _Deadline, form: Form | None
) -> tuple[Got, str | None]:
    """What a place answered, or where it says to go."""
    # Unpacking is ours to do and is not done: a packed bomb stays packed.
    headers = {"Accept-Encoding": "identity", "User-Agent": "motcua-bot"}
    sent = (form.body, {**headers, **form.headers}) if form else (None, headers)
    with _told_apart(deadline), _connection(place, deadline) as connection:
        connection.request("POST" if form else "GET", place.target, *sent)
        with connection.getresponse() as answer:
            if answer.status in _MOVED:
                return Got(answer.status, b""), answer.getheader("Location") or "/"
            if answer.getheader("Content-Encoding", "identity") != "identity":
                raise NotFetched(Fault.GONE)
            content = _content(answer, bounds.most_bytes, deadline)
            return Got(answer.status, content, answer.getheader("Date", "")), None


@contextmanager
def _connection(place: _Place, deadline: _Deadline) -> Iterator[http.client.HTTPConnection]:
    """A connection to a place, under TLS by its name."""
    connected = _connected(place)
    connection = http.client.HTTPConnection(place.host, place.port, timeout=CONNECT_SECONDS)
    try:
        deadline.watch(connected)
        if place.secure:
            context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
            connected = context.wrap_socket(connected, server_hostname=place.host)
        connection.sock = connected
        yield connection
    finally:
        connection.close()
        connected.close()


def _connected(place: _Place) -> socket.socket:
    """A socket connected to the first public address of a place's name that answers.

    The name is looked up once, and the address that was judged is the one that is connected to:
    a name server that answers otherwise the next time is not asked again.
    """
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    public = [one for one in found if place.trusted or _is_public(str(one[4][0]))]
    if not public:
        raise NotFetched(Fault.PRIVATE)
    for *kind, _, address in public[:-1]:
        with suppress(OSError):
            return _opened(kind, address)
    *kind, _, address = public[-1]
    return _opened(kind, address)


def _opened(kind: list[Any], address: Any) -> socket.socket:
    """A socket of this kind (family, type, protocol), connected to this address."""
    with ExitStack() as stack:
        opened = stack.enter_context(socket.socket(*kind))
        opened.settimeout(CONNECT_SECONDS)
        opened.connect(address)
        stack.pop_all()  # it is the caller's to close from here on
        return opened


def _is_public(address: str) -> bool:
    """Whether an address is of the open network, also by the IPv4 address it may carry."""
    found = ipaddress.ip_address(address.partition("%")[0])
    judged: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = [found]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            judged = [found.ipv4_mapped]
        judged += [inner for inner in (found.sixtofour, *(found.teredo or ())) if inner]
        if found in _NAT64:
            judged.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
    return all(one.is_global and not one.is_multicast for one in judged)


def _content(answer: http.client.HTTPResponse, most: int, deadline: _Deadline) -> bytes:
    length = answer.getheader("Content-Length", "")
    if length.isdigit() and int(length) > most:
        raise NotFetched(Fault.TOO_LARGE)
    content = bytearray()
    while chunk := answer.read1(_CHUNK):
        content += chunk
        if len(content) > most:
            raise NotFetched(Fault.TOO_LARGE)
    if deadline.over or (length.isdigit() and len(content) < int(length)):
        raise NotFetched(Fault.UNREACHED, again=True)
    return bytes(content)
