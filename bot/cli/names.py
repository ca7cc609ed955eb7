"""`names`: by which names clerks find dossiers."""

import click

from bot.cli.door import runtime_for
from bot.fill_names import fill_names


@click.group()
def names() -> None:
    """Names that dossiers are found by."""


@names.command("fill")
def fill() -> None:
    """Once after an upgrade: let dossiers of before be found by name. May be run again."""
    click.echo(f"{fill_names(runtime_for())} dossiers can now be found by name")
