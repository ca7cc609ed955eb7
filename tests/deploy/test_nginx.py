"""deploy/nginx before the real web process: whose address counts, what is too much of a thing."""

import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.doors.command import make_shell
from tests.rig.child import Child, free_port, wait_until
from tests.rig.nginx_server import DOMAIN, certify, configured, running
from tests.rig.tree import CHECKOUT

AGGREGATOR, STRANGER = "127.0.0.2", "127.0.0.3"
MIB = 1024 * 1024


# Listens, and begins the program on that socket as systemd does: sd_listen_fds(3).
BEGIN = """
import os, socket, sys
held = socket.create_server(("127.0.0.1", int(sys.argv[1])))
os.dup2(held.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


@dataclass(frozen=True, slots=True)
class Front:
    """nginx: its address without TLS, its port with, the certificate, and its log."""

    address: str
    tls: int
    certificate: Path
    log: Path


class From(HTTPAdapter):
    """Calls from another address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: object, **words: object) -> None:
        super().init_poolmanager(*args, **words, source_address=(self._address, 0))  # type: ignore[arg-type]


def caller(address: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", From(address))
    return session


@pytest.fixture
def web(tmp_path: Path, redis_url: str, start_child: Callable[..., Child]) -> int:
    """The web process on the first port that systemd hands it, as motcua-web.socket does."""
    shell = make_shell(tmp_path)
    port = free_port()
    environ = {
        **shell.environ,
        "REDIS_URL": redis_url,
        "TRUSTED_PROXIES": "127.0.0.1",
        "SMS_MO_CPURL_IPS": AGGREGATOR,
    }
    command = [sys.executable, "-c", BEGIN, str(port), "-m", "gunicorn"]
    start_child([*command, "--threads", "4", "wsgi:app"], env=environ, cwd=CHECKOUT)
    return port


@pytest.fixture
def front(tmp_path: Path, web: int) -> Iterator[Front]:
    """nginx before it, with and without TLS."""
    folder = tmp_path / "nginx"
    folder.mkdir(mode=0o755)
    port, tls = free_port(), free_port()
    certificate = certify(folder)
    main = configured(folder, web, {"8080": port, "80": free_port(), "443": tls})
    here = f"http://127.0.0.1:{port}"
    with running(main):
        wait_until(lambda: answers(here), "nginx and the web process behind it", timeout=60)
        yield Front(here, tls, certificate, folder / "motcua.log")


def answers(here: str) -> bool:
    try:
        return caller(STRANGER).get(f"{here}/healthz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def test_nginx_passes_on_who_calls_and_stops_what_is_too_large_or_comes_too_often(
    front: Front,
) -> None:
    check_whose_address_counts(front.address)
    check_sizes(front.address)
    check_how_often(front.address)
    check_the_log(front)
    check_tls(front)


def check_whose_address_counts(here: str) -> None:
    asked = f"{here}/webhooks/sms/cpurl/inbound?mobile=84905123456&serviceNumber=8083&info=MCKH+1"
    assert caller(AGGREGATOR).get(asked, timeout=10).status_code == 200
    claimed = {"X-Forwarded-For": AGGREGATOR, "Forwarded": f"for={AGGREGATOR}"}
    assert caller(STRANGER).get(asked, headers=claimed, timeout=10).status_code == 403
    assert caller(STRANGER).get(f"{here}/metrics", timeout=10).status_code == 403


def check_sizes(here: str) -> None:
    for path, most in (
        ("/webhooks/zalo", 256 * 1024),
        ("/feeds/v1/dossiers", 4 * MIB),
        ("/console/anh", 10 * MIB),
    ):
        words = {"Content-Type": "application/json"}
        taken = caller(STRANGER).post(here + path, data=b"x" * most, headers=words, timeout=30)
        assert taken.status_code == 401, path
        refused = caller(STRANGER).post(here + path, data=b"x" * (most + 2 * MIB), timeout=30)
        assert refused.status_code == 413, path
    assert refused.text.startswith("Nội dung gửi lên quá lớn")


def check_how_often(here: str) -> None:
    """Programs are stopped at the log-in; an office of sixty is not, and Zalo never."""
    stranger = caller(STRANGER)
    login = [stranger.post(f"{here}/console/login", timeout=10).status_code for _ in range(120)]
    assert 429 in login
    assert 429 not in login[:60]
    zalo = [stranger.post(f"{here}/webhooks/zalo", data=b"x").status_code for _ in range(60)]
    assert set(zalo) == {401}


def check_the_log(front: Front) -> None:
    caller(STRANGER).get(f"{front.address}/t/000.00.17.H32-261122-0001.ABCDEFGHIJ", timeout=10)
    closed = '"GET /t/(closed)" 404'
    until = time.monotonic() + 10  # nginx writes the line after it has answered
    while closed not in front.log.read_text() and time.monotonic() < until:
        time.sleep(0.05)
    log = front.log.read_text()
    assert closed in log
    assert "ABCDEFGHIJ" not in log
    assert "84905123456" not in log


def check_tls(front: Front) -> None:
    context = ssl.create_default_context(cafile=str(front.certificate))
    plain = socket.create_connection(("127.0.0.1", front.tls), timeout=10)
    with context.wrap_socket(plain, server_hostname=DOMAIN) as sealed:
        assert sealed.version() == "TLSv1.3"
        sealed.sendall(f"GET /healthz HTTP/1.0\r\nHost: {DOMAIN}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: sealed.recv(65536), b"")).decode()
    assert "200 OK" in answer
    assert "Strict-Transport-Security: max-age=31536000" in answer
    assert "Server: nginx\r\n" in answer  # without its version
