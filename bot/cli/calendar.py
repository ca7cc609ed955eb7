"""`calendar`: days off and worked, for machines without a browser."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from bot.cli.door import INPUT_ERROR, print_json, refuse, runtime_for
from bot.core.calendar_input import YEARS, likely_year
from bot.core.counter_cells import Wrong
from bot.core.counter_csv import file_text
from bot.core.counter_faults import Faults
from bot.enter_calendar import Entered, Handed, Preview, enter_notice, preview_notice
from bot.runtime import Runtime
from bot.show_calendar import ShownYear, show_year


@click.group()
def calendar() -> None:
    """The working calendar: show a year, import its notice. See docs/calendar.md."""


@calendar.command("show")
@click.option("--year", type=click.IntRange(YEARS[0], YEARS[-1]), help="Default: this year.")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def show(year: int | None, as_json: bool) -> None:
    """Show the days off and the weekend days worked of a year, and where they come from."""
    runtime = runtime_for()
    shown = show_year(runtime, year or runtime.today().year)
    if as_json:
        print_json(_as_data(shown))
        return
    mark = "confirmed" if shown.listed.confirmed else "NOT confirmed by a notice"
    click.echo(f"{shown.listed.year}: {mark} ({shown.origin}); {shown.listed.source}")
    for one in shown.days:
        kind = "worked" if one.rule.works else "off"
        by_hand = "\tby hand" if one.by_hand else ""
        click.echo(f"{one.day:%Y-%m-%d %a}\t{kind}\t{one.rule.why}{by_hand}")


@calendar.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", type=click.IntRange(YEARS[0], YEARS[-1]), help="Default: the file's own.")
@click.option("--notice", "number", default="", help="Number of the notice, such as 9441/TB-BNV.")
@click.option("--issued", default="", help="Day of the notice, as 15/10/2026.")
@click.option("--dry-run", is_flag=True, help="Say what would change, store nothing.")
def import_file(file: Path, year: int | None, number: str, issued: str, dry_run: bool) -> None:
    """Import a year's notice: its words, a CSV (ngày, loại, ghi chú), or calendar.toml's form."""
    try:
        text = file_text(file.read_bytes())
    except OSError as fault:
        refuse(f"calendar import: {file} cannot be read ({fault.strerror}); name another file")
    except Wrong as fault:
        refuse(f"calendar import: {fault}")
    wanted = year or likely_year(text)
    if wanted is None:
        refuse(f"calendar import: {file} names no year; say which: --year YEAR")
    runtime = runtime_for()
    handed = Handed(str(wanted), text, number, issued)
    preview = preview_notice(runtime, None, handed)
    if isinstance(preview, Faults):
        _give_up(preview)
    _tell(preview)
    done = "would be stored" if dry_run else _store(runtime, handed)
    proposed = preview.proposal
    mark = "confirmed" if proposed.year.confirmed else "not confirmed: name it with --notice"
    click.echo(f"{wanted}: {len(proposed.changes)} days change, {mark}: {done}")


def _tell(preview: Preview) -> None:
    for one in preview.reading.unread:
        click.echo(str(one), err=True)
    for words in preview.proposal.warnings:
        click.echo(words, err=True)
    for change in preview.proposal.changes:
        kind = "worked" if change.will.works else "off"
        click.echo(f"{change.day:%Y-%m-%d %a}\tnow {kind}\t{change.will.why}")
    effect = preview.effect
    click.echo(f"{effect.moved} open dossiers would be apologised for on another evening")
    click.echo(f"{effect.closed} open dossiers are promised for a day that becomes a day off")


def _store(runtime: Runtime, handed: Handed) -> str:
    done = enter_notice(runtime, None, handed, None)
    if isinstance(done, Faults):
        _give_up(done)
    return "stored" if isinstance(done, Entered) else "not stored"


def _give_up(faults: Faults) -> NoReturn:
    for words in faults.fields.values():
        click.echo(words, err=True)
    sys.exit(INPUT_ERROR)


def _as_data(shown: ShownYear) -> dict[str, object]:
    return {
        "year": shown.listed.year,
        "confirmed": shown.listed.confirmed,
        "origin": str(shown.origin),
        "source": shown.listed.source,
        "note": shown.listed.note,
        "days": [
            {
                "day": one.day.isoformat(),
                "works": one.rule.works,
                "why": one.rule.why,
                "by_hand": one.by_hand is not None,
            }
            for one in shown.days
        ],
    }
