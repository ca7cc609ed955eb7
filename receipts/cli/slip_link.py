"""Where the commands of the paper take the link of a slip from: a key file, or the settings."""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from dotenv import dotenv_values

from receipts.cli.command import Refused
from receipts.link_key import LinkKey, read_key_file
from receipts.qr import slip_address
from receipts.signature import signing_key
from receipts.slip.records import Record

AnyRecord = TypeVar("AnyRecord", bound=Record)
_CHECKOUT = Path(__file__).resolve().parents[2]
_SHORTEST = 32  # characters of SECRET_KEY, as the house's settings have it


def add_link_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of every command that makes links."""
    parser.add_argument(
        "--key-file",
        metavar="FILE",
        help="address and key, from: python -m bot slip-key; else SECRET_KEY and PUBLIC_URL",
    )
    parser.add_argument("--public-url", metavar="URL", help="address citizens reach")


def link_of(asked: argparse.Namespace) -> Callable[[str], str]:
    """What gives the link of a canonical code. Errors: Refused when address or key is missing."""
    try:
        link = _link_key(asked.key_file, asked.public_url)
    except ValueError as fault:
        raise Refused(f"{asked.key_file or 'settings'}: {fault}") from fault
    return partial(slip_address, link.public_url, link.key)


def linked(records: Sequence[AnyRecord], asked: argparse.Namespace) -> list[AnyRecord]:
    """The records, each with its slip's link where it has none, once a key or an address is given.

    Errors: Refused when address or key is missing; ValueError for an address that fits no QR.
    """
    if asked.key_file is None and asked.public_url is None:
        return list(records)
    link = link_of(asked)
    return [
        replace(one, link=link(one.code)) if one.code and not one.link else one for one in records
    ]


def _link_key(file: str | None, public_url: str | None) -> LinkKey:
    address = public_url.rstrip("/") if public_url else None
    if file is not None:
        try:
            kept = read_key_file(Path(file).read_text(encoding="utf-8", errors="replace"))
        except OSError as fault:
            raise Refused(f"{file}: {fault.strerror}; give a key file that can be read") from fault
        return LinkKey(address or kept.public_url, kept.key)
    given = _settings(os.environ)
    secret = given.get("SECRET_KEY", "")
    address = address or given.get("PUBLIC_URL", "").rstrip("/")
    if not secret or not address:
        raise Refused(
            "no key or no address for the QR; give --key-file FILE (written by: python -m bot "
            "slip-key), or set SECRET_KEY and PUBLIC_URL"
        )
    if len(secret) < _SHORTEST:
        raise ValueError(f"SECRET_KEY: expected at least {_SHORTEST} characters")
    return LinkKey(address, signing_key(secret))


def _settings(environ: Mapping[str, str]) -> dict[str, str]:
    """As the house reads its own: the environment over `.env`, or over VAR_DIR/env without one."""
    var_dir = Path(environ.get("VAR_DIR") or _CHECKOUT / "var")
    for place in (_CHECKOUT / ".env", var_dir / "env"):
        if place.is_file():
            stored = {name: value for name, value in dotenv_values(place).items() if value}
            return {**stored, **environ}
    return dict(environ)
