"""Files that were half written: each must be told, and none may be believed."""

import fcntl
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet

from bot.back_up import Busy, back_up
from bot.backup_file import read_whole
from bot.database import AWAY
from bot.kept_environment import CutShort
from bot.postgres_tools import ToolFailed
from bot.rehearsal import rehearsal_environment
from bot.sealed_stream import Broken
from bot.send_journal import FOLDER
from bot.settings import Settings
from tests.rig.programs import postgres_programs


def cut_journals(var_dir: Path, dice: random.Random) -> int:
    """Cut the journals that killed processes left, amid a line; how many."""
    cut = 0
    for journal in sorted((var_dir / FOLDER).glob("*")):
        with suppress(OSError), journal.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # a living process holds its own
            content = file.read()
            places = [at for at in range(len(content)) if content[at - 1 : at] != b"\n"]
            if places:
                file.truncate(dice.choice(places))
                cut += 1
    return cut


def cut_environment(folder: Path, dice: random.Random) -> list[str]:
    """Cut the generated settings of a house anywhere; what was believed of them."""
    given = {"VAR_DIR": str(folder)}
    place = folder / "env"
    place.unlink(missing_ok=True)
    rehearsal_environment(given)
    whole = place.read_bytes()
    length = dice.randrange(len(whole))
    place.write_bytes(whole[:length])
    with suppress(CutShort):
        rehearsal_environment(given)
        return [f"VAR_DIR/env was believed although cut at {length} of {len(whole)} bytes"]
    return []


def cut_backup(settings: Settings, folder: Path, dice: random.Random) -> list[str]:
    """Make a backup amid the storm and cut it anywhere; what was believed of it.

    A backup that the storm prevents leaves no file under a backup's name.
    """
    keys = (Fernet.generate_key().decode(),)
    told = settings.model_copy(update={"backup_keys": keys, "var_dir": folder / "var"})
    place = folder / f"backups-{dice.randrange(10**9)}"
    try:
        with _client_programs():
            made = back_up(told, place, datetime.now(UTC), None)
    except (*AWAY, ToolFailed, Busy):
        left = list(place.glob("*.backup"))
        return [f"{one.name} stands although its backup failed" for one in left]
    whole = made.place.read_bytes()
    read_whole(keys, made.place)
    length = dice.randrange(len(whole))
    made.place.write_bytes(whole[:length])
    with suppress(Broken):
        read_whole(keys, made.place)
        return [f"a backup was believed although cut at {length} of {len(whole)} bytes"]
    return []


@contextmanager
def _client_programs() -> Iterator[None]:
    """pg_dump of the server that the campaign uses."""
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{postgres_programs().folder}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before
