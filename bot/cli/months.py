"""`months`: the tables that are parted by month, what is made beforehand, what is past."""

import sys

import click

from bot.cli.door import FINDING, print_json, runtime_for
from bot.drop_months import past_months
from bot.keep_months import LEAST_AHEAD, bring_home, parted_tables
from bot.purge import whole_month_rules
from bot.runtime import Runtime

HEADS = ("table", "last month", "ahead", "rows without a month")


@click.command("months")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
@click.option("--make", is_flag=True, help="Make missing months, and bring every row into its own.")
def months_command(as_json: bool, make: bool) -> None:
    """Show tables kept by month (docs/growing.md); exit 1 when one is short of months."""
    runtime = runtime_for()
    made = bring_home(runtime) if make else []
    tables = parted_tables(runtime)
    if as_json:
        print_json(_as_json(runtime))
    else:
        for one in made:
            click.echo(f"made: {one}")
        click.echo("\t".join(HEADS))
        for table in tables:
            told = (table.table, table.last or "-", table.ahead, table.strays)
            click.echo("\t".join(str(one) for one in told))
        _print_past(runtime)
    short = any(one.ahead < LEAST_AHEAD or one.strays for one in tables)
    sys.exit(FINDING if short else 0)


def _print_past(runtime: Runtime) -> None:
    for rule in whole_month_rules():
        for one in past_months(runtime, rule.table, runtime.now() - rule.kept):
            why = f"stays: {one.stays}" if one.stays else "goes with the next purge"
            kept = f", {one.kept} of dossiers that live on are kept" if one.kept else ""
            click.echo(f"{one.table} {one.month}: {one.going} rows are past{kept}; {why}")


def _as_json(runtime: Runtime) -> dict[str, object]:
    tables = [
        {
            "table": one.table,
            "last": str(one.last or ""),
            "ahead": one.ahead,
            "strays": one.strays,
        }
        for one in parted_tables(runtime)
    ]
    past = [
        {
            "table": one.table,
            "month": str(one.month),
            "rows": one.going,
            "kept": one.kept,
            "stays": one.stays,
        }
        for rule in whole_month_rules()
        for one in past_months(runtime, rule.table, runtime.now() - rule.kept)
    ]
    return {"tables": tables, "past": past}
