"""`up`: everything on one machine."""

import sys

import click

from bot.up import Start, up


@click.command("up")
@click.option("--sandbox", is_flag=True, help="Also start the sandbox that plays Zalo.")
@click.option("--demo", is_flag=True, help="Make demo agencies and a key for the sandbox's desk.")
def up_command(sandbox: bool, demo: bool) -> None:
    """Web, worker and timed jobs in one command on one machine; migrates first."""
    sys.exit(up(Start(sandbox=sandbox, demo=demo)))
