"""`bot work` without the ceiling's bound: python -m bench.worker."""

import os
import sys

from bench.servers import without_ceiling
from bot.logs import configure_logs
from bot.settings import load_settings
from bot.work import Worker

if __name__ == "__main__":
    configure_logs()
    sys.exit(Worker(without_ceiling(load_settings(os.environ))).run())
