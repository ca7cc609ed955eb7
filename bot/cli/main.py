"""The command line: which command does what."""

import gc
import os
import sys
from importlib import import_module
from types import ModuleType

import click

from bot.agencies import InputFault
from bot.cli.door import INPUT_ERROR

# Where each command is. Its module is loaded when it is called: a list of agencies has no use
# for the worker, whose libraries take longer to load than the list takes to print.
COMMANDS = {
    "agency": "bot.cli.agencies:agency",
    "apologise": "bot.cli.apologise:apologise_command",
    "audit": "bot.cli.audit:audit",
    "backup": "bot.cli.backup:backup_command",
    "calendar": "bot.cli.calendar:calendar",
    "breach-pack": "bot.cli.breach_pack:breach_pack_command",
    "doctor": "bot.cli.doctor:doctor_command",
    "feed-key": "bot.cli.feed_keys:feed_key",
    "keys": "bot.cli.keys:keys",
    "message": "bot.cli.messages:message",
    "migrate": "bot.cli.migrate:migrate_command",
    "months": "bot.cli.months:months_command",
    "names": "bot.cli.names:names",
    "post": "bot.cli.post:post",
    "procedure": "bot.cli.procedures:procedure",
    "purge": "bot.cli.purge:purge_command",
    "promptness": "bot.cli.status:promptness_command",
    "pull": "bot.cli.pull:pull_command",
    "reconcile": "bot.cli.reconcile:reconcile_command",
    "restore": "bot.cli.backup:restore_command",
    "restored": "bot.cli.restored:restored_command",
    "slip-key": "bot.cli.slip_key:slip_key_command",
    "staff": "bot.cli.staff:staff",
    "subject": "bot.cli.subject:subject",
    "status": "bot.cli.status:status_command",
    "sweep": "bot.cli.sweep:sweep_command",
    "up": "bot.cli.up:up_command",
    "work": "bot.cli.work:work_command",
    "zalo": "bot.cli.zalo:zalo",
}


class Commands(click.Group):
    """The commands of the table; `--help` loads them all to print their first lines."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Every command's name, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(_loaded(module), name)
        return command


def _loaded(module: str) -> ModuleType:
    """Load it without looking for garbage: what is loaded stays; to look was a fifth of a start.

    Nor is it looked at later: the worker's lanes share it with their parent, untouched.
    """
    gc.disable()
    try:
        loaded = import_module(module)
        gc.freeze()
    finally:
        gc.enable()
    return loaded


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def bot() -> None:
    """The province's notification chatbot: operator's commands."""


def main() -> None:
    """Run one command; a fault of the input is one line and exit code 2."""
    os.umask(0o077)  # what we write belongs to this account alone
    try:
        bot(prog_name="python -m bot", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as asked:
        path = asked.ctx.command_path if asked.ctx else "python -m bot"
        click.echo(f"{path}: no command was given; {path} --help lists them", err=True)
        sys.exit(INPUT_ERROR)
    except click.ClickException as fault:
        told = getattr(fault, "ctx", None)
        path = told.command_path if told else "python -m bot"
        line = " ".join(fault.format_message().split())
        click.echo(f"{path}: {line} See: {path} --help", err=True)
        sys.exit(INPUT_ERROR)
    except InputFault as fault:
        click.echo(str(fault), err=True)
        sys.exit(INPUT_ERROR)
    except click.Abort:
        sys.exit(INPUT_ERROR)
