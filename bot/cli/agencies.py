"""`agency`: agencies are data."""

from typing import Any

import click

from bot.agencies import add_agency, list_agencies, set_agency
from bot.cli.door import print_json, refuse, runtime_for
from bot.core.agency import DESK_FACTS
from bot.core.agency_change import as_typed

ON_OFF = click.Choice(["on", "off"])
SWITCHES = {"same_day_notices", "step_sms", "sms_unicode"}
LIFE = ("valid_from", "valid_to", "successor", "served_by")


@click.group()
def agency() -> None:
    """Agencies: add, change, list."""


@agency.command("add")
@click.argument("code")
@click.option("--name", required=True, help="The agency's name as citizens know it.")
@click.option("--sms-name", help="A short unaccented name for SMS, at most 20 characters.")
@click.option("--parent", help="Code of the agency above it.")
def add(code: str, name: str, sms_name: str | None, parent: str | None) -> None:
    """Add an agency; a known code is updated."""
    add_agency(runtime_for(), code, name, sms_name=sms_name, parent=parent)


@agency.command("set")
@click.argument("code")
@click.option("--name")
@click.option("--same-day-notices", type=ON_OFF, help="Notices for same-day procedures.")
@click.option("--step-sms", type=ON_OFF, help="Step notices by SMS as well.")
@click.option("--sms-name", help="A short unaccented name for SMS, at most 20 characters.")
@click.option("--sms-unicode", type=ON_OFF, help="SMS with diacritics; they cost more parts.")
@click.option("--result-hold-minutes", type=click.IntRange(0, 10_080))
@click.option("--address", help='Where its desk is; "" takes it away, as with those below.')
@click.option("--open-hours", help="When its desk is open, as citizens read it.")
@click.option("--hotline", help="Its desk's telephone, as citizens read it.")
@click.option("--place", help='What stands before the date on slips: "Lệ Thủy".')
@click.option("--desk-name", help="What its desk is called on slips.")
@click.option("--work-hours", help="Hours that promises fall in: 07:00-11:30,13:30-17:00.")
@click.option("--code-head", help="What its receipt codes begin with; default its code.")
@click.option("--valid-from", metavar="DAY", help="Its first day, such as 2025-07-01.")
@click.option("--valid-to", metavar="DAY", help="Its last day; afterwards it takes in nothing new.")
@click.option("--successor", metavar="CODE", help="Who does its work from then on.")
def change(code: str, **options: Any) -> None:
    """Change an agency's name, switches, days, or what its desk says of itself."""
    given = {
        name: value == "on" if value in ("on", "off") and name in SWITCHES else value
        for name, value in options.items()
    }
    switches = {key: value for key, value in given.items() if value is not None}
    if not switches:
        refuse("agency set: nothing to change was given; name at least one option, see --help")
    set_agency(runtime_for(), code, **switches)


@agency.command("list")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def list_all(as_json: bool) -> None:
    """List every agency with its parent and switches."""
    rows = [
        {
            "code": one.code,
            "name": one.name,
            "sms_name": one.sms_name,
            "parent": one.parent,
            "same_day_notices": one.same_day_notices,
            "step_sms": one.step_sms,
            "result_hold_minutes": one.result_hold_minutes,
            "sms_unicode": one.sms_unicode,
            **{fact: getattr(one, fact) for fact in DESK_FACTS},
            **{name: as_typed(getattr(one, name)) or None for name in LIFE},
        }
        for one in list_agencies(runtime_for())
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['code']}\t{row['name']}\t{row['parent'] or '-'}")
