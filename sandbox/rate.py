"""Counts the app's API calls in the present minute (manual 7)."""


class RateWindow:
    """A counter that starts over with each minute of the sandbox's clock."""

    def __init__(self) -> None:
        self._minute, self._used = 0, 0

    def use(self, now: float, ceiling: int) -> int:
        """Count one call; gives how many remain, -1 when the ceiling is passed."""
        minute = int(now // 60)
        if minute != self._minute:
            self._minute, self._used = minute, 0
        self._used += 1
        if ceiling <= 0:
            return 4000
        return max(ceiling - self._used, -1)
