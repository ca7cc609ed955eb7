"""`reconcile`: whether a day's books close."""

import sys
from datetime import date

import click

from bot.cli.door import FINDING, print_json, refuse, runtime_for
from bot.reconcile import Reconciled, reconcile

GONE = (
    "rows of this day are past their keeping time and were dropped; it stands as it was counted, "
    "see bot/data/retention.toml"
)
HEADS = ("agency", "event", "due", "sent", "skipped", "failed", "pending", "difference")


@click.command("reconcile")
@click.option("--day", "typed", required=True, metavar="YYYY-MM-DD", help="The local day.")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def reconcile_command(typed: str, as_json: bool) -> None:
    """Check that due = sent + skipped + failed + pending, per agency and event of a day."""
    found = _checked(typed)
    if found.gone:
        click.echo(f"reconcile: {found.day}: {GONE}", err=True)
    if as_json:
        print_json([line.as_dict() for line in found.lines])
        for moved in found.moved:
            click.echo(f"frozen book of {found.day}: {moved.said}", err=True)
        for broken in found.broken:
            click.echo(f"cannot be: {broken.said}", err=True)
    else:
        _print(found)
    sys.exit(0 if found.closes else FINDING)


def _checked(typed: str) -> Reconciled:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        refuse(f"reconcile: --day {typed[:40]!r} came, expected a date such as 2026-11-25")
    runtime = runtime_for()
    if day > runtime.today():
        refuse(f"reconcile: --day {day} came, expected a day that has begun; give an earlier one")
    return reconcile(runtime, day)


def _print(found: Reconciled) -> None:
    click.echo("\t".join(HEADS))
    for line in found.lines:
        told = line.as_dict()
        click.echo("\t".join(str(told[name] or "-" if name == "agency" else told[name])
                             for name in HEADS))  # fmt: skip
        for one in line.open:
            where = one["code"] or (f"notice {one['notice']}" if one["notice"] else one["count"])
            click.echo(f"  {where}: {one['what']}")
    for moved in found.moved:
        click.echo(f"  frozen book: {moved.said}")
    for broken in found.broken:
        click.echo(f"  cannot be: {broken.said}")
    state = "frozen" if found.frozen else "not frozen yet"
    click.echo(f"{found.day} ({state}): {'closes' if found.closes else 'does not close'}")
