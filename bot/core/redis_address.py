"""REDIS_URL in its parts where it names Sentinels, who know which server is the master."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

PLAIN = ("redis://", "rediss://", "unix://")
# Scheme, and whether Sentinels and servers are spoken to by TLS.
SENTINEL = {
    "sentinel": False,
    "redis+sentinel": False,
    "sentinels": True,
    "rediss+sentinel": True,
}
SENTINEL_PORT = 26379
EXPECTED = "sentinel://[user:password@]host:port,host:port/master-name[/database]"
ASKED = {"sentinel_user": "username", "sentinel_password": "password"}


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """A master by its name, and the Sentinels that know where it is.

    Shape: `login` is what the master and its replicas ask for, `own_login` what the Sentinels do.
    """

    sentinels: tuple[tuple[str, int], ...]
    master: str
    database: int = 0
    tls: bool = False
    login: dict[str, str] = field(default_factory=dict, repr=False)
    own_login: dict[str, str] = field(default_factory=dict, repr=False)


def read_sentinel_address(url: str) -> SentinelAddress | None:
    """The parts of a REDIS_URL that names Sentinels; None for one that names a server.

    Errors: ValueError naming what is wrong, never a password.
    """
    scheme, colon, rest = url.partition("://")
    if not colon or scheme not in SENTINEL:
        return None
    place, _, question = rest.partition("?")
    whom, _, path = place.partition("/")
    login, at, hosts = whom.rpartition("@")
    master, _, database = path.partition("/")
    if not unquote(master).strip():
        raise ValueError(f"expected {EXPECTED}: the master's name is missing")
    if not (database or "0").isdecimal():
        raise ValueError(f"expected {EXPECTED}: the database is {database!r}, no number")
    return SentinelAddress(
        tuple(_sentinel(one.strip()) for one in hosts.split(",")),
        unquote(master).strip(),
        int(database or 0),
        SENTINEL[scheme],
        _login(login) if at else {},
        _asked(question),
    )


def _sentinel(place: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{place}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise ValueError(f"expected {EXPECTED}: {place!r} is no host:port")
    return host, port or SENTINEL_PORT


def _login(given: str) -> dict[str, str]:
    user, _, password = given.partition(":")
    named = {"username": unquote(user), "password": unquote(password)}
    return {name: value for name, value in named.items() if value}


def _asked(question: str) -> dict[str, str]:
    asked = dict(parse_qsl(question))
    unknown = sorted(asked.keys() - ASKED.keys())
    if unknown:
        raise ValueError(f"{unknown[0]!r} is unknown behind the '?'; known: {', '.join(ASKED)}")
    return {ASKED[name]: value for name, value in asked.items()}
