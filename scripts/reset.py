"""Drops the local data under VAR_DIR: never while the product runs, never a folder not ours."""

import fcntl
import fnmatch
import os
import shutil
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LOCK = "up.lock"  # `bot up` makes it and holds it (flock) as long as it runs
# What `bot up` keeps there. In a folder elsewhere, anything else is left alone and named.
OURS = (
    LOCK,
    "env",
    "*.db",
    "*.db-*",
    "*.sock",
    "*.aof",
    "*.rdb",
    "*.log",
    "*.pid",
    "appendonlydir",
    "redis",
    "valkey",
    "metrics",
    "sandbox",
    "sandbox.json",
    "media",
    "logs",
)


class Refused(Exception):
    """The data stay; the text says why and what to do."""


def var_dir() -> Path:
    """VAR_DIR out of the environment, else out of .env, else the checkout's own var/."""
    told = os.environ.get("VAR_DIR") or _from_env_file(CHECKOUT / ".env")
    return (CHECKOUT / told).resolve() if told else CHECKOUT / "var"


def _from_env_file(path: Path) -> str:
    if not path.is_file():
        return ""
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        if name.strip() == "VAR_DIR":
            return value.split(" #")[0].strip().strip("'\"")
    return ""


def refuse_foreign(folder: Path) -> None:
    """Raise Refused for a folder that cannot be, or does not look like, one of ours."""
    precious = {CHECKOUT, *CHECKOUT.parents, Path.home().resolve(), Path.home()}
    if folder in precious or folder.is_symlink() or not folder.is_dir():
        raise Refused(f"VAR_DIR={folder} is no data folder; set VAR_DIR to the folder bot up uses")
    if folder != CHECKOUT / "var" and not (folder / LOCK).is_file():
        raise Refused(
            f"{folder} holds no {LOCK}, so bot up has not made it; nothing was deleted:"
            " look into it and delete it yourself"
        )


def hold_lock(folder: Path) -> int:
    """Take the lock of `bot up`; Errors: Refused while it runs."""
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.read(lock, 20).decode("ascii", "replace").split()[:1]
        who = f" (process {pid[0]})" if pid else ""
        raise Refused(f"bot up is running on {folder}{who}; stop it first, then reset") from None
    return lock


def empty(folder: Path) -> list[str]:
    """Delete what is ours in `folder`; the names of what was left."""
    inside_checkout = CHECKOUT in folder.parents
    left = []
    # The lock goes last: a reset that is cut short can be repeated.
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name == LOCK):
        if not inside_checkout and not any(fnmatch.fnmatch(entry.name, name) for name in OURS):
            left.append(entry.name)
        elif entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    return left


def main() -> int:
    """Drop the data and say so; 2 when it was refused."""
    folder = var_dir()
    if folder == CHECKOUT / "var" and (not folder.exists() or not any(folder.iterdir())):
        print(f"nothing to reset in {folder}")
        return 0
    try:
        refuse_foreign(folder)
        hold_lock(folder)
    except Refused as refusal:
        print(f"reset: {refusal}", file=sys.stderr)
        return 2
    left = empty(folder)
    print(f"the data in {folder} are gone; make run begins anew")
    if left:
        print(f"not ours and left alone: {', '.join(left)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
