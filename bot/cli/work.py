"""`work`: the worker, for good or for one burst."""

import sys

import click

from bot.cli.door import refuse, runtime_for, settings_for
from bot.release_gate import ReleaseGate
from bot.settings import SERVICE_NEEDS
from bot.work import Worker, work_once


@click.command("work")
@click.option("--burst", is_flag=True, help="Do what is due and end.")
def work_command(burst: bool) -> None:
    """The worker: chat replies, notices, timed jobs. Several may run."""
    if not settings_for(SERVICE_NEEDS).redis_url:
        refuse("REDIS_URL: is not set; set it to your Redis, or start all with: bot up")
    runtime = runtime_for(SERVICE_NEEDS, service=True)
    if burst:
        if not ReleaseGate(runtime, "burst").is_open():
            refuse("database: was restored from a backup and is held; see: python -m bot restored")
        work_once(runtime)
        return
    settings = runtime.settings
    runtime.engine.dispose()  # nothing open may cross the fork
    sys.exit(Worker(settings).run())
