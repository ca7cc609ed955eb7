"""`zalo`: link the Official Account, watch and renew its tokens, explain a refused webhook."""

import json
import sys
from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256
from hmac import new as hmac_of
from pathlib import Path
from typing import Any

import click

from bot.channels.channel import SendFailed
from bot.channels.zalo_events import expected_mac
from bot.cli.door import FINDING, print_json, refuse, runtime_for, settings_for
from bot.renew import link as link_pair
from bot.renew import renew_now
from bot.renew import status as token_status
from bot.settings import SERVICE_NEEDS


@click.group()
def zalo() -> None:
    """The Official Account's tokens."""


@zalo.command("link")
@click.option("--access-token")
@click.option("--refresh-token")
@click.option("--expires-in", type=click.IntRange(1), help="Seconds; one hour when unknown.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the token endpoint's JSON.")
def link(
    access_token: str | None, refresh_token: str | None, expires_in: int | None, from_stdin: bool
) -> None:
    """Store a token pair."""
    if from_stdin:
        given = _pair_from(sys.stdin.read())
        access_token, refresh_token = given["access_token"], given["refresh_token"]
        expires_in = _seconds(given.get("expires_in"))
    if not access_token or not refresh_token:
        refuse(
            "zalo link: needs --access-token and --refresh-token, or --stdin with the token "
            "endpoint's JSON"
        )
    try:
        link_pair(runtime_for(), access_token, refresh_token, expires_in)
    except ValueError as fault:
        refuse(f"zalo link: {fault}; copy both tokens whole")
    click.echo("linked", err=True)


def _pair_from(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except ValueError:
        refuse("zalo link: standard input is not JSON; expected the token endpoint's answer")
    pair = ("access_token", "refresh_token")
    if not isinstance(given, dict) or not all(isinstance(given.get(one), str) for one in pair):
        refuse("zalo link: the JSON has no access_token and refresh_token; expected both as text")
    return given


def _seconds(value: object) -> int | None:
    if value is None:
        return None
    try:
        return int(str(value))
    except ValueError:
        refuse(f"zalo link: expires_in {value!r} is no number of seconds")


@zalo.command("status")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def status(as_json: bool) -> None:
    """Show the tokens' ages, never the tokens."""
    found = asdict(token_status(runtime_for()))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        shown = timedelta(seconds=round(value)) if name.endswith("seconds") and value else value
        click.echo(f"{name.removesuffix('_seconds')}\t{'-' if shown is None else shown}")


@zalo.command("refresh")
def refresh() -> None:
    """Force one refresh of the token pair."""
    try:
        renew_now(runtime_for(SERVICE_NEEDS))
    except SendFailed as fault:
        click.echo(f"zalo refresh: {fault.reason}", err=True)
        sys.exit(FINDING)
    click.echo("refreshed", err=True)


@zalo.command("check-signature")
@click.option("--body", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--signature", required=True, help="The X-ZEvent-Signature header as it came.")
def check_signature(body: Path, signature: str) -> None:
    """Name the key that a captured webhook call was signed with; prints no key."""
    settings = settings_for(SERVICE_NEEDS)
    raw = body.read_bytes()
    try:
        timestamp = str(json.loads(raw, parse_int=str)["timestamp"]).encode()
    except (ValueError, KeyError, TypeError):
        refuse("zalo check-signature: the body is not JSON with a timestamp; capture it unchanged")
    given = signature.strip().removeprefix("mac=").lower().encode()
    keys = {
        "ZALO_OA_SECRET_KEY: right": settings.zalo_oa_secret_key,
        "ZALO_OA_SECRET_KEY_PREVIOUS: right until it is removed": (
            settings.zalo_oa_secret_key_previous
        ),
        "ZALO_APP_SECRET: the console shows two keys; copy the OA key": settings.zalo_app_secret,
    }
    for meaning, key in keys.items():
        if key and expected_mac(settings.zalo_app_id, raw, timestamp, key) == given:
            click.echo(meaning)
            return
    for meaning, key in keys.items():
        if key and hmac_of(key.encode(), raw, sha256).hexdigest().encode() == given:
            click.echo(f"an HMAC with {meaning.split(':')[0]}: this is not Zalo's form, 2.1")
            sys.exit(FINDING)
    click.echo(
        "no key of ours: ZALO_APP_ID or ZALO_OA_SECRET_KEY differs from the console, or the body "
        "was changed on its way (a proxy that rewrites JSON)"
    )
    sys.exit(FINDING)
