"""A backup: the whole database of one moment, sealed, read back, and old ones dropped."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from bot.backup_file import Manifest, read_whole, sealed_backup
from bot.core.backup_keeping import Keep, kept
from bot.database_dump import dumped
from bot.settings import Settings
from bot.version import product_version

NAME = re.compile(r"motcua-(\d{8}T\d{6}Z)\.backup")
STAMP = "%Y%m%dT%H%M%SZ"
PART = ".part"
SCRATCH = "backing-up"  # under VAR_DIR: SQLite's copy lies there unsealed for a while


class Busy(Exception):
    """Another backup into the same folder is under way."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made and read back: where, how large, of what."""

    place: Path
    size: int
    manifest: Manifest


def back_up(settings: Settings, folder: Path, now: datetime, environment: bytes | None) -> Made:
    """Make a backup in this folder; it has its name only once it was read back whole.

    Shape: `environment` is what stands in the settings' file, when that is to be kept too.
    Errors: Busy, NothingToBackUp, ToolFailed, OSError, those of the database.
    """
    scratch = settings.var_dir / SCRATCH
    for one in (folder, scratch):
        one.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(folder), _only_one(scratch):
        _clear(folder, scratch)
        return _make(settings, folder, now, environment)


def _make(settings: Settings, folder: Path, now: datetime, environment: bytes | None) -> Made:
    with dumped(settings.database_url, settings.var_dir / SCRATCH) as dump:
        manifest = Manifest(now, product_version(), dump.kind, dump.schema, dump.counts)
        place = folder / f"motcua-{now.astimezone(UTC):{STAMP}}.backup"
        half = place.with_name(place.name + PART)
        sealed = sealed_backup(settings.backup_keys[0], manifest, environment, dump.parts)
        try:
            _write(half, sealed)
            read_whole(settings.backup_keys, half)
            os.rename(half, place)
            _sync(folder)
        finally:
            half.unlink(missing_ok=True)
    return Made(place, place.stat().st_size, manifest)


def drop_old(folder: Path, keep: Keep, zone: tzinfo) -> list[Path]:
    """Drop the backups that need not be kept; those dropped. Other files are left alone."""
    made = dict(_backups(folder))
    chosen = kept(made, keep, zone)
    dropped = [place for moment, place in sorted(made.items()) if moment not in chosen]
    for place in dropped:
        place.unlink()
    return dropped


def _backups(folder: Path) -> Iterator[tuple[datetime, Path]]:
    for place in folder.iterdir():
        if found := NAME.fullmatch(place.name):
            yield datetime.strptime(found[1], STAMP).replace(tzinfo=UTC), place


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the folder for as long as a backup takes."""
    held = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            raise Busy(f"--out: another backup into {folder} is under way; wait for it") from fault
        yield
    finally:
        os.close(held)


def _clear(folder: Path, scratch: Path) -> None:
    """Drop what an earlier backup that was killed left behind."""
    for half in folder.glob(f"motcua-*{PART}"):
        half.unlink()
    for left in scratch.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def _write(place: Path, parts: Iterator[bytes]) -> None:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """See to it that the new name outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
