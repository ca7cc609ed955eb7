"""`feed-key`: keys of the programs that feed dossiers."""

from datetime import datetime

import click

from bot.cli.door import print_json, runtime_for
from bot.feed_keys import ListedKey, add_feed_key, list_feed_keys, revoke_feed_key


@click.group("feed-key")
def feed_key() -> None:
    """Keys to the feed."""


@feed_key.command("add")
@click.argument("agency_code")
@click.option("--all-agencies", is_flag=True, help="The key feeds every agency.")
@click.option("--note", default="", help="Whose program it is; shown in the list.")
def add_key(agency_code: str, all_agencies: bool, note: str) -> None:
    """Make a key for an agency and its descendants; its secret is shown this once."""
    key = add_feed_key(runtime_for(), agency_code, all_agencies, note=note)
    print_json({"id": key.id, "secret": key.secret})


@feed_key.command("revoke")
@click.argument("key_id")
def revoke_key(key_id: str) -> None:
    """Make a key worthless from now on."""
    revoke_feed_key(runtime_for(), key_id)


@feed_key.command("list")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def list_keys(as_json: bool) -> None:
    """List keys with their last use and the last 24 hours, never a secret."""
    rows = [_row(one) for one in list_feed_keys(runtime_for()).listed]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "in force" if row["revoked_at"] is None else "revoked"
        used = row["last_used_at"] or "never used"
        click.echo(f"{row['id']}\t{row['agency']}\t{state}\t{used}\t{row['note']}")


def _row(one: ListedKey) -> dict[str, object]:
    kept = one.kept
    return {
        "id": kept.key.id,
        "agency": kept.key.agency_code,
        "all_agencies": kept.key.all_agencies,
        "note": kept.note,
        "created_at": _moment(kept.created_at),
        "made_by": kept.made_by,
        "revoked_at": _moment(kept.revoked_at),
        "revoked_by": kept.revoked_by,
        "last_used_at": _moment(kept.last_used_at),
        "taken_24h": one.taken,
        "refused_24h": dict(one.refused),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
