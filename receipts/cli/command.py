"""What a command of the paper is, and how it gives up."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Arguments = Callable[[argparse.ArgumentParser], None]
Run = Callable[[argparse.Namespace], int]


class Refused(Exception):
    """The command cannot go on; the message is one line: what came, what was expected."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, its help, its arguments, and what it does.

    `run` gives the exit code; it raises Refused, ValueError or OSError for what it cannot use.
    """

    name: str
    told: str
    arguments: Arguments
    run: Run


def text_from(path: str) -> bytes:
    """A file's bytes, or standard input's for "-". Errors: Refused when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as fault:
        raise Refused(f"{path}: {fault.strerror}; give a JSON file that can be read") from fault


def write(path: str, data: bytes) -> None:
    """Write a file, or standard output for "-". Errors: Refused when it cannot be written."""
    try:
        if path == "-":
            sys.stdout.buffer.write(data)
        else:
            Path(path).write_bytes(data)
    except OSError as fault:
        raise Refused(f"{path}: {fault.strerror}; give a place that can be written") from fault
