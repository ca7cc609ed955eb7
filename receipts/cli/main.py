"""The commands of `python -m receipts`: 0 done, 2 for what it cannot use, in one line."""

import argparse
import sys
from collections.abc import Sequence

from receipts.cli import label, mini, poster, slip, stamp
from receipts.cli.command import Command, Refused
from receipts.slip.printers import PrinterFault

COMMANDS: tuple[Command, ...] = (
    slip.COMMAND,
    label.COMMAND,
    poster.COMMAND,
    mini.COMMAND,
    stamp.COMMAND,
)
_USAGE = 2


class _Parser(argparse.ArgumentParser):
    """A parser that complains in one line."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise Refused(f"{message}; type: {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code. Errors: SystemExit always."""
    try:
        asked = _parser().parse_args(arguments)
        code: int = asked.run(asked)
    except (Refused, PrinterFault, ValueError, OSError) as fault:
        print(f"receipts: {' '.join(str(fault).split())}", file=sys.stderr)
        code = _USAGE
    sys.exit(code)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m receipts", description="The paper of the counter.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        own = commands.add_parser(command.name, help=command.told, description=command.told)
        command.arguments(own)
        own.set_defaults(run=command.run)
    return parser
