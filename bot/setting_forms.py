"""Forms that single settings must have: the value as it is meant, or what was expected."""

import ipaddress
import re
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


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


def redis(value: str) -> str:
    """The address of a Redis, or nothing."""
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("expected redis://…, rediss://… or unix://…")
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
