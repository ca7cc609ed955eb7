"""What gunicorn reads by itself when it is started in this folder."""

import gc
import os
import sys
from typing import Any

control_socket_disable = True  # nothing of ours uses it, and it would lie in the home folder
graceful_timeout = 8  # seconds; a stop of the whole house takes no longer than ten


def pre_fork(server: Any, worker: Any) -> None:
    """Let a process that takes the place of a dead one know it (wsgi.REPLACEMENT)."""
    if worker.age > server.cfg.workers:  # ages are given out one by one, from 1
        os.environ["WEB_REPLACEMENT"] = "1"


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001  (gunicorn's own names)
    """The application is loaded without looking for garbage: that was a fifth of a start."""
    gc.disable()


def post_worker_init(worker: Any) -> None:  # noqa: ARG001
    """The application is loaded and stays: no collection goes through it any more."""
    gc.freeze()
    gc.enable()


def worker_exit(server: Any, worker: Any) -> None:  # noqa: ARG001  (gunicorn's own names)
    """Send the traces that are left; each process has begun its own after it was forked.

    Nothing of ours is imported here: it would be the old code in every process after a reload.
    """
    if traces := sys.modules.get("bot.traces"):
        traces.stop_traces()
