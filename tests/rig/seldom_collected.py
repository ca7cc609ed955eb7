"""The test process looks for garbage seldom: that was a seventh of its work.

What the suite's modules hold never dies, and yet each full collection went through all of it.
Programs that tests start collect as Python does.
"""

import gc

# Allocations before the young are looked at, times of that before the middle ones, and before all.
SELDOM = (50_000, 20, 20)


def collect_seldom() -> None:
    """From now on, in this process."""
    gc.set_threshold(*SELDOM)


def leave_alone_what_is_loaded() -> None:
    """No collection goes through what there is now."""
    gc.collect()
    gc.freeze()


def look_at_all_again() -> None:
    """Before the process ends: libraries count what was left behind."""
    gc.unfreeze()
