"""`doctor`: what is well, what is not, and what to do."""

import os
import sys

import click

from bot.cli.door import FINDING, print_json
from bot.doctor import examine, examine_settings


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
@click.option("--settings", "only_settings", is_flag=True, help="Only the settings: for a start.")
def doctor_command(as_json: bool, only_settings: bool) -> None:
    """Check settings, database, schema, Redis, tokens, calendar, carriers."""
    findings = examine_settings(os.environ) if only_settings else examine(os.environ)
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        for finding in findings:
            click.echo(str(finding))
    sys.exit(FINDING if any(finding.level == "fail" for finding in findings) else 0)
