"""`sweep`: a ring for all that is due."""

import click

from bot.cli.door import runtime_for
from bot.upkeep import sweep


@click.command("sweep")
def sweep_command() -> None:
    """Ring for all that is due and unrung."""
    rung = sweep(runtime_for())
    click.echo(f"rung: {', '.join(rung) or 'nothing is due'}")
