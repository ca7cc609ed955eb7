"""`restored`: what may have been sent since a restored house's backup, and its release."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from bot.cli.door import FINDING, print_json, refuse, runtime_for
from bot.restored_house import ImpossibleEnd, NotHeld, Standing, hold, release, standing


class Moment(click.ParamType[datetime]):
    """A moment with its time zone."""

    name = "ISO8601"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """An aware moment in UTC from one text."""
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(
                f"{value!r} came, a moment such as 2026-11-27T10:30:00+07:00 was expected.",
                param,
                ctx,
            )
        return moment.astimezone(UTC)


@click.command("restored")
@click.option("--release", "is_release", is_flag=True, help="Let the house send again.")
@click.option(
    "--down-since",
    type=Moment(),
    help="When the lost house sent its last; what may have been sent until then stays.",
)
@click.option(
    "--hold",
    "as_of",
    type=Moment(),
    help="Hold a house whose data were brought back to this moment by other means.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def restored_command(
    is_release: bool, down_since: datetime | None, as_of: datetime | None, as_json: bool
) -> None:  # fmt: skip
    """What may have been sent since the backup of a restored house; its release."""
    if is_release and down_since is None:
        refuse(
            "--down-since: is not given, expected when the lost house sent its last, such as "
            "2026-11-27T10:30:00+07:00; for a house that was stopped before its backup, that time"
        )
    runtime = runtime_for()
    try:
        if as_of is not None:
            hold(runtime, as_of)
        if is_release and down_since is not None:
            found: Standing | None = release(runtime, down_since)
        else:
            found = standing(runtime, down_since)
    except NotHeld:
        refuse("house: is not held, so there is nothing to release")
    except ImpossibleEnd as fault:
        refuse(f"the moment given: {fault}; name one that has passed")
    if as_json:
        print_json(_as_dict(found))
    else:
        click.echo("\n".join(_lines(found)))
    sys.exit(FINDING if found and found.mark.held else 0)


def _as_dict(found: Standing | None) -> dict[str, object]:
    if found is None:
        return {"held": False, "as_of": None, "down_since": None, "owed": {}}
    mark = found.mark
    return {
        "held": mark.held,
        "as_of": mark.as_of.isoformat(),
        "down_since": mark.until.isoformat(),
        "owed": dict(found.owed),
    }


def _lines(found: Standing | None) -> Iterator[str]:
    if found is None:
        yield "this house was never restored"
        return
    mark = found.mark
    yield f"data\tof {mark.as_of:%Y-%m-%d %H:%M:%S} UTC"
    for name, count in found.owed.items():
        yield f"{name}\t{count} may have been sent since: left unsent"
    if mark.held:
        yield "held\tnothing is sent; run: python -m bot restored --release --down-since …"
    else:
        yield f"released\tnobody is told twice of what was until {mark.until:%Y-%m-%d %H:%M} UTC"
