"""`breach-pack`: who saw which citizens' data, for the notification of a breach."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from bot.breach_pack import BreachPack, breach_pack
from bot.breach_words import deed_sheet, sheets, summary
from bot.cli.door import refuse, runtime_for, write_new
from bot.core.log_in import plain_login
from bot.runtime import Runtime
from bot.sheet import csv_lines, write_xlsx


@click.command("breach-pack")
@click.option("--from", "since", required=True, metavar="ISO", help="The first moment.")
@click.option("--to", "until", required=True, metavar="ISO", help="The first moment after it.")
@click.option("--login", metavar="L", default="", help="Of this account alone.")
@click.option("--out", "place", metavar="FILE", help="A new .xlsx or .csv, for its owner alone.")
def breach_pack_command(since: str, until: str, login: str, place: str | None) -> None:
    """Tell from the audit trail who saw which dossiers; a Vietnamese summary goes to the screen."""
    if place and not place.endswith((".xlsx", ".csv")):
        refuse(f"breach-pack: --out {place} came, expected a name that ends in .xlsx or .csv")
    known = plain_login(login) if login else ""
    if login and not known:
        refuse(f"breach-pack: --login {login[:40]!r} came, expected a login; see staff list")
    runtime = runtime_for()
    zone = runtime.settings.zone
    first, last = _moment("--from", since, zone), _moment("--to", until, zone)
    if first >= last:
        refuse(f"breach-pack: --to {until} came, expected a moment after --from {since}")
    pack = breach_pack(runtime, first, last, known)
    if place:
        write_new(place, _file(runtime, pack, place), "breach-pack")
    click.echo(summary(runtime, pack), nl=False)


def _moment(name: str, typed: str, zone: ZoneInfo) -> datetime:
    """A moment; one without an offset is local."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        refuse(f"breach-pack: {name} {typed[:40]!r} came, expected such as 2026-11-25T08:00")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _file(runtime: Runtime, pack: BreachPack, place: str) -> bytes:
    if place.endswith(".xlsx"):
        return write_xlsx(sheets(runtime, pack))
    return "".join(csv_lines(deed_sheet(runtime, pack))).encode()
