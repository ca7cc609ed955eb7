"""How many files and connections each process holds, over its life: what grows would end it."""

import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

EVERY, WARM, LONG = 3.0, 10.0, 45.0  # seconds: between looks, of a start, a life worth judging
# A lane opens connections to carriers, the database and Redis as it needs them, and keeps them.
GROWS = 30


@dataclass(slots=True)
class Handles:
    """Looks now and then; `most` is the most that any process ever held."""

    most: int = 0
    seen: int = 0
    _looked: float = 0.0
    _held: defaultdict[tuple[int, float], list[tuple[float, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def look(self, processes: Sequence[psutil.Process]) -> None:
        """Count, unless that was done a moment ago."""
        now = time.monotonic()
        if now - self._looked < EVERY:
            return
        self._looked = now
        for one in processes:
            with suppress(psutil.Error):
                held = one.num_fds()
                self._held[one.pid, one.create_time()].append((now, held))
                self.most = max(self.most, held)

    def growing(self) -> list[str]:
        """Those that held much more at the end of a long life than once they were warm."""
        faults = []
        for (pid, _), looks in self._held.items():
            warm = [held for at, held in looks if at >= looks[0][0] + WARM]
            if not warm or looks[-1][0] - looks[0][0] < LONG:
                continue
            self.seen += 1
            third = max(1, len(warm) // 3)
            before, after = max(warm[:third]), min(warm[-third:])
            if after > before + GROWS:
                faults.append(f"process {pid} held {before} files, and at the end {after}")
        return faults
