"""Keeps the test process from reaching any address but this machine's."""

import ipaddress
import socket
import sys

LOCAL_NAMES = ("", "localhost", "localhost.localdomain", "ip6-localhost")
WATCHED = ("socket.connect", "socket.sendto", "socket.sendmsg")
ASKED_NAMES = ("socket.getaddrinfo", "socket.gethostbyname")


class OutsideNetwork(RuntimeError):
    """Something in the test process tried to leave this machine."""


class ClosedNetwork:
    """An audit hook of the interpreter: it sees every library that uses Python's sockets.

    `attempts` remembers what was refused, for a caller may have swallowed the exception.
    """

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def install(self) -> None:
        """Watch from now to the end of the process; a hook cannot be taken off."""
        sys.addaudithook(self._watch)

    def take_attempts(self) -> list[str]:
        """What was refused since the last time this was asked."""
        taken, self.attempts = self.attempts, []
        return taken

    def _watch(self, event: str, details: tuple[object, ...]) -> None:
        if not event.startswith("socket."):
            return
        if event in WATCHED:
            self._judge_connection(details)
        elif event in ASKED_NAMES and not _is_local(details[0]):
            self._refuse(f"name {details[0]!r}")

    def _judge_connection(self, details: tuple[object, ...]) -> None:
        where, address = details[0], details[1]
        families = (socket.AF_INET, socket.AF_INET6)
        if not isinstance(where, socket.socket) or where.family not in families:
            return
        if isinstance(address, tuple) and not _is_local(address[0]):
            self._refuse(f"address {address[0]!r}")

    def _refuse(self, what: str) -> None:
        self.attempts.append(what)
        raise OutsideNetwork(f"the network is closed in tests: {what}")


def _is_local(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name is None or name in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(str(name))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
