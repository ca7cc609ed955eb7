"""`purge`: what is past its keeping time goes."""

import click

from bot.cli.door import refuse, runtime_for
from bot.purge import purge
from bot.retention import load_retention
from bot.vault import Unreadable

HEADS = ("rule", "table", "days", "past", "purged", "oldest left")


@click.command("purge")
@click.option("--dry-run", "dry_run", is_flag=True, help="Count, and change nothing.")
def purge_command(dry_run: bool) -> None:
    """Wipe or delete what is past its keeping time (docs/privacy.md); a line for each rule."""
    rules = load_retention().rules
    try:
        lines = purge(runtime_for(), dry_run)
    except Unreadable as fault:
        refuse(f"FIELD_KEYS: {fault}; put the key that sealed it back behind the first")
    click.echo("\t".join(HEADS))
    for line in lines:
        rule = rules[line.rule]
        oldest = f"{line.oldest_left:%Y-%m-%d}" if line.oldest_left else "-"
        place = rule.table or f"VAR_DIR/{rule.folder}"
        told = (line.rule, place, rule.kept.days, line.counted, line.purged, oldest)
        click.echo("\t".join(str(one) for one in told))
    if dry_run:
        click.echo("nothing was changed: this was a dry run", err=True)
