"""A line that cannot be written is lost; the work that it tells of goes on."""

import resource
import subprocess
import sys
from pathlib import Path

from tests.rig.tree import CHECKOUT

PROGRAM = """
import resource
from bot.logs import configure_logs, log
configure_logs()
logger = log("test")
logger.info("before")
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
logger.info("while.full")
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
logger.info("after")
"""


def test_a_full_disk_under_the_log_stops_nobody(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] != 0
    with (tmp_path / "log").open("w") as told:
        done = subprocess.run([sys.executable, "-c", PROGRAM], stderr=told, cwd=CHECKOUT)
    assert done.returncode == 0
    events = (tmp_path / "log").read_text()
    assert ("before" in events, "while.full" in events, "after" in events) == (True, False, True)
