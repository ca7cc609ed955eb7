"""`backup` and `restore`: the whole database in one sealed file, and out of it again."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.back_up import Busy, back_up, drop_old
from bot.backup_file import Manifest, read_whole
from bot.cli.door import FINDING, refuse, settings_for
from bot.core.backup_keeping import Keep
from bot.database_dump import NothingToBackUp
from bot.database_load import NotEmpty
from bot.postgres_tools import ToolFailed
from bot.restore import CannotRestore, Compared, environment_in, restore
from bot.runtime import shifted_clock
from bot.sealed_stream import Broken
from bot.settings import Settings

KEYS = ("BACKUP_KEYS",)
A_FILE = click.Path(path_type=Path)


class Keeping(click.ParamType[Keep]):
    """`--keep`: days, weeks and months."""

    name = "days,weeks,months"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Keep:
        """Three counts from one text."""
        if isinstance(value, Keep):
            return value
        parts = str(value).split(",")
        if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
            self.fail(f"{value!r} came, three numbers such as 7,4,12 were expected.", param, ctx)
        return Keep(*(int(part) for part in parts))


@click.command("backup")
@click.option("--out", type=A_FILE, help="Folder; default VAR_DIR/backups.")
@click.option("--env", "env_file", type=A_FILE, help="Also keep this settings file in it.")
@click.option(
    "--keep",
    type=Keeping(),
    is_flag=False,
    flag_value="7,4,12",
    help="Then drop old backups: days,weeks,months to keep; alone: 7,4,12.",
)
@click.option("--verify", type=A_FILE, help="Make none: read this one whole.")
@click.option(
    "--into",
    metavar="DATABASE_URL",
    help="With --verify: restore it into this empty database and compare.",
)
def backup_command(
    out: Path | None, env_file: Path | None, keep: Keep | None, verify: Path | None,
    into: str | None,
) -> None:  # fmt: skip
    """Keep the whole database of this moment in one sealed file, while the house goes on."""
    settings = settings_for(KEYS)
    if verify is not None:
        _verify(settings, verify, into)
        return
    if into is not None:
        refuse("--into: stands only beside --verify; name the backup to compare with --verify FILE")
    folder = out or settings.var_dir / "backups"
    with _told(folder):
        environment = env_file.read_bytes() if env_file else None
        made = back_up(settings, folder, _now(settings), environment)
        dropped = drop_old(folder, keep, settings.zone) if keep else []
    click.echo(f"{made.place}\t{made.size} bytes\t{_of(made.manifest)}")
    for place in dropped:
        click.echo(f"dropped\t{place}")


@click.command("restore")
@click.argument("file", type=A_FILE)
@click.option("--into", required=True, metavar="DATABASE_URL", help="An empty database.")
@click.option("--env", "env_file", type=A_FILE, help="Also write the settings kept in it here.")
def restore_command(file: Path, into: str, env_file: Path | None) -> None:
    """Bring a backup into an empty database; the house is held until `restored --release`."""
    settings = settings_for(KEYS)
    with _told(file):
        if env_file is not None:
            _write_environment(settings, file, env_file)
        compared = restore(settings.backup_keys, file, into, settings.field_keys, _now(settings))
    _tell(compared)
    click.echo("nothing is sent before you release it: python -m bot restored")


def _now(settings: Settings) -> datetime:
    return shifted_clock(settings.clock_offset_seconds)()


def _verify(settings: Settings, file: Path, into: str | None) -> None:
    with _told(file):
        if into is None:
            manifest = read_whole(settings.backup_keys, file)
            click.echo(f"{file}\twhole\t{_of(manifest)}")
            return
        compared = restore(settings.backup_keys, file, into, settings.field_keys, _now(settings))
    _tell(compared)


@contextmanager
def _told(place: Path) -> Iterator[None]:
    """What can go wrong with a backup, each as one line: what, why, what to do."""
    try:
        yield
    except Broken as fault:
        refuse(f"{place}: {fault}; take another copy of it, or an earlier backup")
    except CannotRestore as fault:
        refuse(f"{place}: {fault}")
    except (NotEmpty, NothingToBackUp, Busy, ToolFailed) as fault:
        refuse(str(fault))
    except OSError as fault:
        refuse(f"{fault.filename or place}: {fault.strerror}; correct the path, or its rights")
    except SQLAlchemyError as fault:
        why = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        refuse(f"database: does not answer ({why}); start it or correct its address")


def _write_environment(settings: Settings, file: Path, target: Path) -> None:
    """Write the kept settings where nothing stands yet, readable to this account alone."""
    kept = environment_in(settings.backup_keys, file)
    if kept is None:
        raise CannotRestore("holds no settings (backup --env); leave --env out")
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(kept)


def _of(manifest: Manifest) -> str:
    rows = sum(manifest.counts.values())
    return (
        f"of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC\t{manifest.kind}\tschema {manifest.schema}\t"
        f"version {manifest.version}\t{rows} rows in {len(manifest.counts)} tables"
    )


def _tell(compared: Compared) -> None:
    """What came; ends with a finding when it is not what was kept, or cannot be read."""
    click.echo(f"restored\t{_of(compared.manifest)}")
    for line in compared.differences:
        click.echo(line, err=True)
    if not compared.readable:
        click.echo(
            "FIELD_KEYS: none of them opens what is sealed in it; add the key of its time", err=True
        )
    if compared.differences:
        click.echo("it is not what was kept: do not use it, drop this database", err=True)
    if compared.differences or not compared.readable:
        sys.exit(FINDING)
