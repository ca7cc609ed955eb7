"""The demo: two agencies, a feed key for the sandbox's one-stop software, the OA's tokens."""

from collections.abc import Mapping
from pathlib import Path

import requests

from bot.agencies import add_agency
from bot.database import reading
from bot.feed_keys import add_feed_key
from bot.kept_environment import keep_environment, kept_environment
from bot.renew import link
from bot.runtime import Runtime
from bot.store.feed_keys import feed_key_in_force

AGENCIES = (
    ("H32", "UBND tỉnh Khánh Hòa", "UBND tinh KH", None),
    ("H32.01", "UBND phường Lộc Thọ", "P. Loc Tho", "H32"),
    ("H32.02", "Sở Xây dựng tỉnh Khánh Hòa", "So Xay dung", "H32"),
)


def seed_agencies(runtime: Runtime, environ: Mapping[str, str]) -> dict[str, str]:
    """Make the demo agencies and their feed key; returns what the sandbox must know of it."""
    for code, name, sms_name, parent in AGENCIES:
        add_agency(runtime, code, name, sms_name=sms_name, parent=parent)
    known = environ.get("SANDBOX_FEED_KEY_ID", "")
    secret = environ.get("SANDBOX_FEED_SECRET", "")
    with reading(runtime.engine) as connection:
        stored = feed_key_in_force(connection, known) if known and secret else None
    if stored is None:
        key = add_feed_key(runtime, "H32")
        known, secret = key.id, key.secret
    found = {"SANDBOX_FEED_KEY_ID": known, "SANDBOX_FEED_SECRET": secret}
    place = Path(runtime.settings.var_dir) / "env"
    keep_environment(place, {**kept_environment(place), **found})
    return found


def link_sandbox(runtime: Runtime, sandbox_url: str) -> None:
    """Ask the sandbox for a token pair, as an OA administrator does in API Explorer."""
    answer = requests.post(f"{sandbox_url}/control/token", json={}, timeout=5)
    answer.raise_for_status()
    pair = answer.json()
    link(runtime, pair["access_token"], pair["refresh_token"], int(pair["expires_in"]))
