"""Forms that single settings must have: the value as it is meant, or what was expected."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.core.provinces import province_named
from bot.core.redis_address import EXPECTED, PLAIN, read_sentinel_address

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def comma_list(value: Any) -> Any:
    """A text split at its commas; what is no text stays as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def address_or_network(value: str) -> str:
    """An address or a network, as it came."""
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError as fault:
        raise ValueError(f"{value!r} is no address or network, such as 10.0.0.0/8") from fault
    return value


def full_url(value: str) -> str:
    """A whole address, as it came."""
    if not value.startswith(("http://", "https://")):
        raise ValueError("expected an address that begins with http:// or https://")
    return value


def base_url(value: str) -> str:
    """An address that paths are put behind: without its last slash."""
    return full_url(value).rstrip("/")


def province(value: str) -> str:
    """A province by its name of today, or nothing."""
    found = province_named(value) if value else ""
    if found is None:
        raise ValueError("is no province's name; expected one of today's 34, such as Khánh Hòa")
    return found


def issuer(value: str) -> str:
    """Who gives identities, exactly as its tokens name it, or nothing; http on this machine only.

    Source: OpenID Connect Discovery 1.0, section 2 ("Issuer": https, no query, no fragment).
    """
    if not value:
        return value
    parts = urlsplit(value)
    here = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (parts.scheme == "https" or here) or not parts.hostname or "@" in parts.netloc:
        raise ValueError("expected an address that begins with https://, as the provider names it")
    if parts.query or parts.fragment or not value.isprintable():
        raise ValueError("expected an address without ? and #, as the provider names it")
    return value


def collector(value: str) -> str:
    """Where traces go, without its last slash, or nothing."""
    return base_url(value) if value else value


def zone(value: str) -> str:
    """The name of a time zone."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise ValueError("expected a time zone name such as Asia/Ho_Chi_Minh") from fault
    return value


def fernet_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Keys of 32 bytes in Fernet's form; the fault names the place, never the key."""
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key.encode())
        except ValueError as fault:
            raise ValueError(f"key number {place} is not a Fernet key") from fault
    return keys


def database(value: str) -> str:
    """The address of a database that the house can work on."""
    try:
        url = make_url(value)
    except ArgumentError as fault:
        raise ValueError("expected a database address such as postgresql+psycopg://…") from fault
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise ValueError("expected sqlite:///… or postgresql+psycopg://…")
    return value


def replica(value: str) -> str:
    """The address of a read replica, or nothing; SQLite has none."""
    if value and not database(value).startswith("postgresql"):
        raise ValueError("expected postgresql+psycopg://…, the address of a read replica")
    return value


def redis(value: str) -> str:
    """The address of a Redis, or of the Sentinels that know it, or nothing."""
    if value and read_sentinel_address(value) is None and not value.startswith(PLAIN):
        raise ValueError(f"expected redis://…, rediss://…, unix://… or {EXPECTED}")
    return value


def secret_key(value: str) -> str:
    """A secret long enough to sign with, or nothing."""
    if value and len(value) < 32:
        raise ValueError("expected at least 32 characters")
    return value


def contacts(given: tuple[str, ...]) -> tuple[str, ...]:
    """Source: RFC 9116, section 2.5.3 ("Contact")."""
    for one in given:
        if not one.startswith(("mailto:", "https://", "tel:")) or not one.isprintable():
            raise ValueError(f"{one!r} begins with none of mailto:, https:// and tel:")
    return given


def brandname(value: str) -> str:
    """Source: domain-facts 6.1 ("Tên định danh")."""
    if not re.fullmatch(r"[A-Za-z0-9_. -]{1,11}", value) or value.isdigit():
        raise ValueError(
            "expected at most 11 Latin letters, digits, - _ . or blanks, not digits only"
        )
    return value
