"""`apologise`: the 17:30 job by hand, or what it would do."""

from datetime import datetime, tzinfo

import click

from bot.apologise import apologise
from bot.cli.door import refuse, runtime_for
from bot.foresee_apologies import foresee_apologies

YEARS = range(2000, 2100)


@click.command("apologise")
@click.option("--at", "typed", help="As if it were this moment, ISO 8601; local without an offset.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print code, due date and channel.")
def apologise_command(typed: str | None, dry_run: bool) -> None:
    """Owe apologies for dossiers promised by the next working day; once per due date."""
    runtime = runtime_for()
    at = runtime.now() if typed is None else _moment(typed, runtime.settings.zone)
    if not dry_run:
        click.echo(f"apologies owed: {apologise(runtime, at)}")
        return
    for one in foresee_apologies(runtime, at):
        click.echo(f"{one.code}\t{one.due_on:%d/%m/%Y}\t{one.channel}")


def _moment(typed: str, zone: tzinfo) -> datetime:
    """The moment that was typed, or exit code 2 with one line."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        moment = None
    if moment is None or moment.year not in YEARS:
        refuse(
            f"apologise: --at {typed[:60]!r} is no moment; give one such as 2026-11-23T17:30+07:00"
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
