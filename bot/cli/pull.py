"""`pull`: reads dossiers from software that cannot push."""

import signal
import sys
from time import sleep
from types import FrameType

import click

from bot.channels.dossier_source import Patience, Source
from bot.cli.door import FINDING, refuse, runtime_for
from bot.core.national_form import Service
from bot.pull import MOST_NAMED, Pulled, Reader, begin_again, pull
from bot.runtime import Runtime

PATIENT = Patience(connect=5.0, read=30.0, whole=120.0)
EVERY_MINUTES = 5


@click.command("pull")
@click.option("--url", help="Address in front of the service's name; default PULL_URL.")
@click.option("--agency", help="Agency that is asked for; default PULL_AGENCY.")
@click.option(
    "--service", type=click.Choice([str(one) for one in Service]), help="Only this service."
)
@click.option("--once", is_flag=True, help="Read what is new, then end.")
@click.option("--again", is_flag=True, help="Begin from the beginning, not where it stood.")
def pull_command(
    url: str | None, agency: str | None, service: str | None, once: bool, again: bool
) -> None:
    """Read dossiers on a schedule from software that cannot push."""
    runtime = runtime_for()
    reader = Reader(runtime, _source(runtime, url, agency), PATIENT)
    services = (Service(service),) if service else tuple(Service)
    if again:
        begin_again(reader, services)
    # The place moves on only after a page is stored, so leaving is safe at any moment.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    minutes = runtime.settings.pull_every_minutes or EVERY_MINUTES
    while True:
        pulled = pull(reader, services)
        _tell(pulled)
        if once:
            sys.exit(FINDING if pulled.faults or pulled.refused else 0)
        sleep(minutes * 60)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _source(runtime: Runtime, url: str | None, agency: str | None) -> Source:
    settings = runtime.settings
    place = (url or settings.pull_url).rstrip("/")
    if not place.startswith(("http://", "https://")):
        refuse("pull: no address came; set PULL_URL or give --url, such as https://…/api/hoso")
    asked = agency or settings.pull_agency
    if not asked:
        refuse("pull: no agency came; set PULL_AGENCY or give --agency, such as H32")
    return Source(place, asked, settings.pull_token)


def _tell(pulled: Pulled) -> None:
    counts = ", ".join(f"{name} {number}" for name, number in sorted(pulled.outcomes.items()))
    click.echo(f"pulled: {counts or 'nothing new'}")
    for verdict in pulled.refused[:MOST_NAMED]:
        why = verdict.refusal.why if verdict.refusal else ""
        click.echo(f"refused {verdict.code}: {why}", err=True)
    if len(pulled.refused) > MOST_NAMED:
        click.echo(f"refused: {len(pulled.refused) - MOST_NAMED} more, see the log", err=True)
    for service, fault in pulled.faults.items():
        click.echo(f"pull {service}: {fault}", err=True)
