"""The commands of `python -m receipts`: 0 done, 2 for what it cannot use, in one line."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from receipts.cli.command import Command, Refused

# Where each command is. Its module is loaded when it is called: a label has no use for what reads
# scans and talks to printers, which takes longer to load than the label takes to draw.
COMMANDS = {
    "slip": "receipts.cli.slip",
    "label": "receipts.cli.label",
    "poster": "receipts.cli.poster",
    "print": "receipts.cli.mini",
    "stamp": "receipts.cli.stamp",
}
_USAGE = 2


class _Parser(argparse.ArgumentParser):
    """A parser that complains in one line."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise Refused(f"{message}; type: {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code. Errors: SystemExit always."""
    typed = sys.argv[1:] if arguments is None else arguments
    try:
        asked = _parser(typed[:1]).parse_args(typed)
        code: int = asked.run(asked)
    except (Refused, ValueError, OSError) as fault:
        print(f"receipts: {' '.join(str(fault).split())}", file=sys.stderr)
        code = _USAGE
    sys.exit(code)


def _parser(first: Sequence[str]) -> argparse.ArgumentParser:
    """A parser of the command that was typed; of all, where none was."""
    parser = _Parser(prog="python -m receipts", description="The paper of the counter.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in [one for one in first if one in COMMANDS] or COMMANDS:
        command: Command = import_module(COMMANDS[name]).COMMAND
        own = commands.add_parser(command.name, help=command.told, description=command.told)
        command.arguments(own)
        own.set_defaults(run=command.run)
    return parser
