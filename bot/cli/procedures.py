"""`procedure`: the list of procedures that desks take in."""

import sys
from pathlib import Path

import click

from bot.cli.door import INPUT_ERROR, print_json, refuse, runtime_for
from bot.core.counter_procedure import Offered
from bot.procedures import import_procedures, list_procedures


@click.group()
def procedure() -> None:
    """Procedures that desks take in: import, list."""


@procedure.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--agency", required=True, help="Code of the agency that sets them, for all below.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, store nothing.")
@click.option("--retire-missing", is_flag=True, help="Retire those that the file does not name.")
def import_file(file: Path, agency: str, dry_run: bool, retire_missing: bool) -> None:
    """Import a CSV file of procedures; known ones are changed. See docs/procedures-csv.vi.md."""
    try:
        content = file.read_bytes()
    except OSError as fault:
        refuse(f"procedure import: {file} cannot be read ({fault.strerror}); name another file")
    report = import_procedures(
        runtime_for(), None, agency, content, dry_run=dry_run, retire_missing=retire_missing
    )
    for wrong in report.faults:
        click.echo(str(wrong), err=True)
    if report.faults:
        sys.exit(INPUT_ERROR)
    done = "stored" if report.stored else "would be stored"
    click.echo(
        f"{report.added} added, {report.changed} changed, {report.same} as they were, "
        f"{report.retired} retired: {done}"
    )


@procedure.command("list")
@click.option("--agency", help="Code of the agency that set them; default every agency.")
@click.option("--retired", is_flag=True, help="List retired ones too.")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def list_all(agency: str | None, retired: bool, as_json: bool) -> None:
    """List procedures as agencies set them."""
    found = list_procedures(runtime_for(), agency, retired)
    if as_json:
        print_json([_row(one) for one in found])
        return
    for one in found:
        note = "\tretired" if one.retired else ""
        click.echo(
            f"{one.agency_code}\t{one.rule.code}\t{one.rule.name}\t{one.rule.duration or '-'}{note}"
        )


def _row(one: Offered) -> dict[str, object]:
    rule = one.rule
    return {
        "agency": one.agency_code,
        "code": rule.code,
        "name": rule.name,
        "days": rule.days,
        "day_kind": str(rule.day_kind),
        "same_day": rule.same_day,
        "fees": rule.fees,
        "guide": rule.guide,
        "papers": [
            {
                "name": paper.name,
                "originals": paper.originals,
                "certified": paper.certified,
                "copies": paper.copies,
            }
            for paper in rule.papers
        ],
        "retired": one.retired,
    }
