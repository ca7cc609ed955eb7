"""`audit`: the audit trail verified, and its head given to be kept elsewhere."""

import os
import sys
from datetime import timedelta

import click

from bot.audit_pack import audit_pack
from bot.cli.door import FINDING, print_json, refuse, runtime_for, write_new
from bot.core.audit_chain import Head, read_head
from bot.seal_audit import drop_old_entries, seal_audit, sealed_head
from bot.verify_audit import Verified, verify_audit


@click.group()
def audit() -> None:
    """The trail of what staff did: is it whole?"""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
@click.option("--head", "typed", help="A head that was kept elsewhere, as `audit head` prints it.")
def verify(as_json: bool, typed: str | None) -> None:
    """Walk over the chain of the audit trail; exit 1 names the first entry that is wrong."""
    found = verify_audit(runtime_for(), _head(typed))
    if as_json:
        print_json(_as_json(found))
    else:
        for fault in found.faults:
            click.echo(str(fault))
        state = f"{len(found.faults)} faults" if found.faults else "whole"
        click.echo(
            f"{state}: {found.entries} entries, head {found.head}, {found.waiting} not linked yet"
        )
    sys.exit(FINDING if found.faults else 0)


@audit.command("purge")
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
def purge(dry_run: bool) -> None:
    """Drop entries that are older than a year and a day, behind a checkpoint of the chain."""
    runtime = runtime_for()
    if not dry_run and verify_audit(runtime).faults:
        click.echo("audit purge: the trail is not whole; see: python -m bot audit verify", err=True)
        sys.exit(FINDING)
    seal_audit(runtime)
    click.echo(f"{drop_old_entries(runtime, dry_run)} entries")


@audit.command("head")
def head() -> None:
    """Link what is not linked yet and print the head, PLACE:DIGEST, to be kept elsewhere."""
    click.echo(str(sealed_head(runtime_for())))


@audit.command("pack")
@click.option("--out", "place", required=True, metavar="FILE", help="A new .zip, for its owner.")
@click.option(
    "--days", type=click.IntRange(1, 3660), default=366, show_default=True, help="Of the trail."
)
def pack(place: str, days: int) -> None:
    """What an auditor of a level-3 system asks for, in one file, without persons or secrets."""
    if not place.endswith(".zip"):
        refuse(f"audit pack: --out {place} came, expected a name that ends in .zip")
    runtime = runtime_for()
    content = audit_pack(runtime, os.environ, runtime.now() - timedelta(days=days))
    write_new(place, content, "audit pack")


def _head(typed: str | None) -> Head | None:
    if typed is None:
        return None
    found = read_head(typed)
    if found is None:
        came = typed[:80]
        refuse(f"audit verify: --head {came!r} came, expected PLACE:DIGEST as `audit head` prints")
    return found


def _as_json(found: Verified) -> dict[str, object]:
    return {
        "whole": not found.faults,
        "entries": found.entries,
        "waiting": found.waiting,
        "head": str(found.head),
        "faults": [
            {"what": one.what, "link": one.place, "entry": one.entry_id, "why": one.why}
            for one in found.faults
        ],
    }
