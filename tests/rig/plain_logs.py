"""Log lines of the test process without pretty tracebacks.

Where `rich` is installed, structlog draws each traceback with every frame's variables: a second
of work for each error that a test provokes. Programs that tests start log as the product does.
"""

import structlog


def log_plainly() -> None:
    """From now on, in this process, until someone configures its logs."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )
