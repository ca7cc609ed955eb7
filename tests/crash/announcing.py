"""One process that sends announcements until nothing is due: python -m tests.crash.announcing.

Its settings come from the environment; OFFSET shifts its clock by so many seconds.
"""

import os
import time
from datetime import time as day_time

from bot.announce import build_announcer
from bot.runtime import build_runtime
from bot.settings import Hours
from tests.make import make_settings

THREADS = 4  # few: a kill takes few along, so that many kills find some
REST = 0.05
ANY_HOUR = Hours(day_time(0), day_time(23, 59, 59, 999_999))
NO_CEILING = 100_000_000


def main() -> None:
    """Send until nothing has been due for a while."""
    settings = make_settings(
        os.environ["DATABASE_URL"],
        var_dir=os.environ["VAR_DIR"],
        zalo_openapi_url=os.environ["ZALO_OPENAPI_URL"],
        clock_offset_seconds=int(os.environ.get("OFFSET", "0")),
        notice_hours=ANY_HOUR,
    ).model_copy(update={"zalo_calls_per_minute": NO_CEILING})
    announcer = build_announcer(build_runtime(settings, service=False), THREADS)
    idle = 0
    while idle < 3:
        idle = 0 if announcer.turn() else idle + 1
        if idle:
            time.sleep(REST)
    announcer.stop()


if __name__ == "__main__":
    main()
