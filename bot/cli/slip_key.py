"""`slip-key`: the address and the key for machines that print or stamp slips on their own."""

import os
from pathlib import Path

import click

from bot.cli.door import refuse, settings_for
from bot.slip_link import link_key
from receipts.link_key import key_file

_OWNER_ALONE = 0o600


@click.command("slip-key")
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
def slip_key_command(out: Path | None) -> None:
    """Write the key file of `python -m receipts … --key-file`; SECRET_KEY stays here."""
    settings = settings_for(("SECRET_KEY", "PUBLIC_URL"))
    try:
        text = key_file(link_key(settings))
    except ValueError as fault:
        refuse(str(fault))
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        _write(out, text)
    except OSError as fault:
        refuse(f"{out}: {fault.strerror}; give a place that can be written")


def _write(out: Path, text: str) -> None:
    """Errors: OSError. The file is its owner's alone from its first byte on."""
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ALONE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(handle, _OWNER_ALONE)
        file.write(text)
