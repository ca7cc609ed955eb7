"""The command line: which command does what."""

import os
import sys

import click

from bot.agencies import InputFault
from bot.cli import (
    agencies,
    apologise,
    keys,
    messages,
    names,
    procedures,
    pull,
    reconcile,
    slip_key,
    staff,
    zalo,
)
from bot.cli.door import FINDING, INPUT_ERROR, print_json, refuse, runtime_for, settings_for
from bot.database import migrate
from bot.doctor import examine
from bot.settings import SERVICE_NEEDS
from bot.up import Start, up
from bot.upkeep import sweep
from bot.work import Worker, work_once


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bot() -> None:
    """The province's notification chatbot: operator's commands."""


@bot.command("up")
@click.option("--sandbox", is_flag=True, help="Also start the sandbox that plays Zalo.")
@click.option("--demo", is_flag=True, help="Make demo agencies and a key for the sandbox's desk.")
def up_command(sandbox: bool, demo: bool) -> None:
    """Web, worker and timed jobs in one command on one machine; migrates first."""
    sys.exit(up(Start(sandbox=sandbox, demo=demo)))


@bot.command("work")
@click.option("--burst", is_flag=True, help="Do what is due and end.")
def work_command(burst: bool) -> None:
    """The worker: chat replies, notices, timed jobs. Several may run."""
    if not settings_for(SERVICE_NEEDS).redis_url:
        refuse("REDIS_URL: is not set; set it to your Redis, or start all with: bot up")
    runtime = runtime_for(SERVICE_NEEDS, service=True)
    if burst:
        work_once(runtime)
        return
    settings = runtime.settings
    runtime.engine.dispose()  # nothing open may cross the fork
    sys.exit(Worker(settings).run())


@bot.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema."""
    settings = settings_for(())
    try:
        migrate(settings.database_url)
    except OSError as fault:
        refuse(f"VAR_DIR: {settings.var_dir} cannot be written ({fault.strerror}); choose another")
    except Exception as fault:
        why = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        refuse(f"database: could not be migrated ({why}); start it or correct DATABASE_URL")


@bot.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def doctor_command(as_json: bool) -> None:
    """Check settings, database, schema, Redis, tokens, calendar, carriers."""
    findings = examine(os.environ)
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        for finding in findings:
            click.echo(str(finding))
    sys.exit(FINDING if any(finding.level == "fail" for finding in findings) else 0)


@bot.command("sweep")
def sweep_command() -> None:
    """Ring for all that is due and unrung."""
    rung = sweep(runtime_for())
    click.echo(f"rung: {', '.join(rung) or 'nothing is due'}")


bot.add_command(agencies.agency)
bot.add_command(agencies.feed_key)
bot.add_command(procedures.procedure)
bot.add_command(names.names)
bot.add_command(zalo.zalo)
bot.add_command(messages.message)
bot.add_command(pull.pull_command)
bot.add_command(apologise.apologise_command)
bot.add_command(reconcile.reconcile_command)
bot.add_command(keys.keys)
bot.add_command(slip_key.slip_key_command)
bot.add_command(staff.staff)


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
