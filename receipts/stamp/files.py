"""Whole files or none: what a killed program leaves is the old file or the new one."""

import os
from contextlib import suppress
from itertools import count
from pathlib import Path

_PART = ".part"  # with a dot before the name: nobody takes it for a paper


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is never seen half. Errors: OSError; nothing is left behind."""
    part = path.with_name(f".{path.name}{_PART}")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise


def sweep(folder: Path) -> None:
    """Remove what killed programs have left half written in a folder of ours."""
    for part in folder.glob(f".*{_PART}"):
        with suppress(OSError):
            part.unlink()


def free_path(path: Path, data: bytes) -> Path:
    """The path, or with a number where another content has it already: nothing is written over."""
    for number in count(2):
        if not path.exists() or path.read_bytes() == data:
            return path
        path = path.with_name(f"{_stem(path, number)}{path.suffix}")
    raise AssertionError("numbers do not end")


def _stem(path: Path, number: int) -> str:
    """`a` becomes `a-2`, `a-2` becomes `a-3`."""
    return f"{path.stem.removesuffix(f'-{number - 1}')}-{number}"
