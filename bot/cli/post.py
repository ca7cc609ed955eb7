"""`post`: results that go back by post, where files go to the postal service and come from it."""

import sys
from datetime import date
from pathlib import Path

import click

from bot.cli.door import FINDING, INPUT_ERROR, refuse, runtime_for
from bot.core.counter_faults import Faults
from bot.item_blocks import Overlap, enter_block
from bot.order_file import order_file
from bot.sheet import csv_lines, write_xlsx
from bot.take_items import take_items


@click.group()
def post() -> None:
    """Results returned by post: order files, item codes."""


@post.command("orders")
@click.option("--day", required=True, help="The file's day, yyyy-mm-dd; today's takes in new ones.")
@click.option("--agency", default="", help="Code of an agency, with all below; default all.")
@click.option("--out", help="A file to write, .csv or .xlsx; default CSV to standard output.")
def orders(day: str, agency: str, out: str | None) -> None:
    """Write a day's orders as the postal service takes them in."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        refuse(f"post orders: --day {day[:40]!r} came, expected a date such as 2026-11-27")
    if out and not out.endswith((".csv", ".xlsx")):
        refuse(f"post orders: --out {out!r} ends neither in .csv nor in .xlsx; name such a file")
    drawn = order_file(runtime_for(), None, wanted, agency)
    if isinstance(drawn, Faults):
        refuse(f"post orders: {' '.join(drawn.fields.values())}")
    if out and out.endswith(".xlsx"):
        _write(out, write_xlsx([drawn.sheet]))
    elif out:
        _write(out, "".join(csv_lines(drawn.sheet)).encode())
    else:
        click.echo("".join(csv_lines(drawn.sheet)), nl=False)
    click.echo(f"{drawn.count} orders, {drawn.fresh} of them new", err=True)
    for one in drawn.left_out:
        click.echo(f"{one.code}: {one.words}", err=True)
    sys.exit(FINDING if drawn.left_out else 0)


@post.command("items")
@click.argument("file", type=click.Path(path_type=Path))
def items(file: Path) -> None:
    """Take item codes from the postal service's CSV file: all lines, or none when one is bad."""
    try:
        content = file.read_bytes()
    except OSError as fault:
        refuse(f"post items: {file} cannot be read ({fault.strerror}); name another file")
    taken = take_items(runtime_for(), None, content)
    for wrong in taken.faults:
        click.echo(str(wrong), err=True)
    if taken.faults:
        sys.exit(INPUT_ERROR)
    click.echo(f"{taken.new} item codes taken, {taken.known} known before")


@post.command("block")
@click.argument("block")
def block_command(block: str) -> None:
    """Enter a block of item codes, such as EE123456001VN-EE123456999VN: all of it, or nothing."""
    entered = enter_block(runtime_for(), None, block)
    if isinstance(entered, Faults):
        refuse(f"post block: {' '.join(entered.fields.values())}")
    if isinstance(entered, Overlap):
        refuse(
            f"post block: {entered.known} of its item codes were entered before, so none was "
            "stored; give the first and the last code of the new block"
        )
    click.echo(f"{entered} item codes added")


def _write(place: str, content: bytes) -> None:
    """Write a file, also over an older one: a day's file may be drawn again."""
    try:
        Path(place).write_bytes(content)
    except OSError as fault:
        refuse(f"post orders: --out {place} cannot be written ({fault.strerror}); name another")
