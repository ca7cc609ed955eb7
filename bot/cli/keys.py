"""`keys`: a new key for the sealed fields comes into use, and an old one out of it."""

import sys

import click

from bot.cli.door import FINDING, runtime_for
from bot.rotate_keys import Rotation, rotate_keys


@click.group()
def keys() -> None:
    """The keys that seal personal fields (FIELD_KEYS)."""


@keys.command("rotate")
def rotate() -> None:
    """Seal every field anew with the first of FIELD_KEYS; then the others may be dropped."""
    rotation = rotate_keys(runtime_for())
    for name in sorted({*rotation.resealed, *rotation.newest, *rotation.unreadable}):
        click.echo(f"{name}\tsealed anew {rotation.resealed[name]}\tin all {_all(rotation, name)}")
    if rotation.complete:
        click.echo("every field is sealed with the first of FIELD_KEYS; the others may be dropped")
        return
    for name, count in sorted(rotation.unreadable.items()):
        click.echo(
            f"{name}: none of FIELD_KEYS opens {count} fields; add the key that sealed them",
            err=True,
        )
    for name, count in sorted(rotation.older.items()):
        click.echo(
            f"{name}: {count} fields were sealed with an older key meanwhile; restart web and "
            "workers with the new FIELD_KEYS, then run this again",
            err=True,
        )
    sys.exit(FINDING)


def _all(rotation: Rotation, name: str) -> int:
    return rotation.newest[name] + rotation.older[name] + rotation.unreadable[name]
