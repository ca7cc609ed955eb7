"""`status` and `promptness`: the operators' page on the command line, the public figure anew."""

import sys
from datetime import datetime

import click

from bot.cli.door import FINDING, print_json, refuse, runtime_for
from bot.database import reading
from bot.reckon_promptness import reckon_promptness
from bot.status_form import status_form
from bot.store.prompt_days import prompt_days
from bot.watch_house import watch_house


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def status_command(as_json: bool) -> None:
    """What is owed, who runs, who feeds, what is wrong and what to do; exit 1 with an alarm."""
    report = watch_house(runtime_for())
    if as_json:
        print_json(status_form(report))
    else:
        for alarm in report.alarms:
            click.echo(f"{alarm.name}\t{alarm.about}\t{alarm.told}\t{alarm.advice.act}")
        for one in report.owed:
            click.echo(f"owed\t{one.lane}\t{one.way or '-'}\t{one.state}\t{one.count}")
    sys.exit(FINDING if report.alarms else 0)


@click.command("promptness")
@click.option("--day", "typed", required=True, help="A local day, such as 2026-11-25.")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def promptness_command(typed: str, as_json: bool) -> None:
    """Reckon a day's public figure anew and store it; exit 1 when it differs from what stood."""
    runtime = runtime_for()
    try:
        day = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007  (a day, no moment)
    except ValueError:
        refuse(f"promptness: day {typed!r} came, expected one such as 2026-11-25; correct it")
    if day >= runtime.today():
        refuse(f"promptness: day {typed!r} is not over; name one that is")
    with reading(runtime.engine) as connection:
        stood = {one.day: (one.due, one.prompt) for one in prompt_days(connection, day)}.get(day)
    told = reckon_promptness(runtime, day)
    figure = {"day": day.isoformat(), "due": told.due, "prompt": told.prompt}
    if as_json:
        print_json(figure)
    else:
        click.echo(f"{typed}\t{told.due}\t{told.prompt}")
    sys.exit(FINDING if stood not in (None, (told.due, told.prompt)) else 0)
