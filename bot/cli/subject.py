"""`subject`: what is held about a phone, a copy of it, and its being forgotten."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from bot.cli.door import refuse, runtime_for, write_new
from bot.core.phone import Line, Phone, read_phone
from bot.core.subject import copy_text
from bot.forget_subject import KEPT, Forgotten, forget_subject
from bot.show_subject import export_subject, show_subject
from bot.vault import Unreadable

WHY_NOT = {
    Line.LANDLINE: "a landline came",
    Line.MISSING: "nothing came",
    Line.INVALID: "what came reads as no Vietnamese mobile number",
}
PHONE = click.option(
    "--phone", "typed", required=True, metavar="P", help="The number, in any typing."
)


@click.group("subject")
def subject() -> None:
    """The rights of whoever has a phone: to see, to have a copy, to be forgotten."""


@subject.command("show")
@PHONE
def show_command(typed: str) -> None:
    """Show what is held about a phone; names are masked."""
    phone = _read(typed)
    copy = _opened(lambda runtime: show_subject(runtime, phone))
    click.echo(f"phone: {copy['phone']}")
    sections = {name: rows for name, rows in copy.items() if isinstance(rows, list)}
    if not any(sections.values()):
        click.echo("nothing is held about this phone")
    for name, rows in sections.items():
        if rows:
            click.echo(f"{name}: {len(rows)}")
        for row in rows:
            click.echo("  " + _line(row))


@subject.command("export")
@PHONE
@click.option("--out", "place", metavar="FILE", help="A new file, readable by its owner alone.")
def export_command(typed: str, place: str | None) -> None:
    """Write everything that is held about a phone as JSON (docs/privacy.md)."""
    phone = _read(typed)
    if place and Path(place).exists():
        refuse(f"subject export: --out {place} is there already; name a file that is not")
    text = copy_text(_opened(lambda runtime: export_subject(runtime, phone)))
    if place:
        write_new(place, text.encode(), "subject export")
    else:
        click.echo(text, nl=False)


@subject.command("forget")
@PHONE
def forget_command(typed: str) -> None:
    """Erase what may be erased about a phone, and take the person out of the rest."""
    phone = _read(typed)
    told = _opened(lambda runtime: forget_subject(runtime, phone))
    click.echo(f"phone: {phone.masked}")
    if not told.anything:
        click.echo("nothing was held about this phone any more")
    _print_forgotten(told)


def _print_forgotten(told: Forgotten) -> None:
    if told.ended:
        click.echo(f"ended: {told.ended} links and follows")
    for name, number in sorted(told.erased.items()):
        if name not in KEPT or name in ("dossiers", "notices"):
            click.echo(f"erased: {name} {number}")
    for name, number in sorted(told.left.items()):
        click.echo(f"soon: {name} {number} (on the way, or counted by a limit: gone by itself)")
    for name, why in KEPT.items():
        if name in told.erased or name not in ("dossiers_kept_in_part", "dossiers", "notices"):
            click.echo(f"kept: {name}: {why}")
    click.echo(
        "note: software that feeds a dossier owns it; the phone comes back with its next news, "
        "not by being told the same again. Have it erased there too."
    )


def _opened(work: Any) -> Any:
    try:
        return work(runtime_for())
    except Unreadable as fault:
        refuse(f"FIELD_KEYS: {fault}; put the key that sealed it back behind the first")


def _read(typed: str) -> Phone:
    reading = read_phone(typed)
    if reading.phone is None:
        refuse(
            f"subject: --phone: {WHY_NOT[reading.line]}, expected one such as 0905123456 or "
            "+84905123456; correct it"
        )
    return reading.phone


def _line(row: Mapping[str, Any]) -> str:
    """One row in one line; lists by their length, what is empty left out."""
    shown = {
        name: len(value) if isinstance(value, list) else value
        for name, value in row.items()
        if value not in (None, "", [])
    }
    return ", ".join(f"{name} {value}" for name, value in shown.items())
