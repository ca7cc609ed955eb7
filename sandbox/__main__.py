"""Starts the sandbox: `python -m sandbox`."""

import asyncio
import errno
import os
import signal
import sys

from aiohttp import web

from sandbox.app import create_app
from sandbox.settings import Settings, SettingsError, settings_from
from sandbox.world import WORLD


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then end within two seconds."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app = create_app(settings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.bind, settings.port)
        await site.start()
        app[WORLD].listens_on(runner.addresses)
        print(f"sandbox: {app[WORLD].address}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    """Exit code 0 after a signal, 2 when the sandbox cannot start."""
    try:
        settings = settings_from(os.environ)
        asyncio.run(serve(settings))
    except SettingsError as wrong:
        print(f"sandbox: {wrong}", file=sys.stderr)
        return 2
    except OSError as failure:
        print(f"sandbox: {_why(settings, failure)}", file=sys.stderr)
        return 2
    return 0


def _why(settings: Settings, failure: OSError) -> str:
    where = f"{settings.bind}:{settings.port}"
    if failure.errno == errno.EADDRINUSE:
        return (
            f"{where} is taken by another program; "
            "stop that program or set SANDBOX_PORT to a free port"
        )
    return f"cannot listen on {where} ({failure.strerror}); set BIND and SANDBOX_PORT"


if __name__ == "__main__":
    sys.exit(main())
