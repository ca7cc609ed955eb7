"""The ceiling on calls to Zalo that all workers of the app share, and the pause that stops them."""

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any

import redis

from bot.bell import quick_redis
from bot.logs import log
from bot.settings import Settings

WINDOW = 60.0  # seconds
# Of the ceiling: what notices leave, chat finds free, and what bulk leaves, notices find free.
# Bulk goes evenly and yields to whoever waits, so it may fill nearly all of it.
SHARES = {"chat": 1.0, "notice": 0.95, "bulk": 0.998}
ALONE_SHARES = SHARES | {"bulk": 0.9}  # there nobody can tell bulk that somebody waits
EVEN_SECONDS = 1.0  # of bulk's even pace may go at once
WAIT_MS = 1_000  # for which bulk yields to a lane that did not get all it wanted
ALONE = 0.25  # of the ceiling for each process that cannot ask the others
SULK = 2.0  # seconds for which a Redis that failed is not asked again
# One script touches them all, so the braces keep them in one slot of a cluster.
CALLS = "ceiling:{zalo}:calls"
PAUSED = "ceiling:{zalo}:paused"
BULK = "ceiling:{zalo}:bulk"  # those of CALLS that were bulk's
EVEN = "ceiling:{zalo}:even"  # when bulk's even pace has used up what it was granted
WAITS = {lane: f"ceiling:{{zalo}}:waits:{lane}" for lane in ("chat", "notice")}

# Takes what is free and forgets what is older than the window, in one step and by the server's
# clock, so that neither a race nor two machines' clocks can grant a call too many. The `limits`
# library takes all or nothing, by each machine's own clock, and knows no share kept free.
# Notices are held to their share of what is not bulk's: what bulk has filled does not stop them,
# it makes way as its calls grow old, one every few milliseconds.
TAKE = """
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wanted, share = tonumber(ARGV[1]), tonumber(ARGV[2])
local whole, window = tonumber(ARGV[3]), tonumber(ARGV[4])
local lane, burst, wait = ARGV[5], tonumber(ARGV[6]), ARGV[7]
for list = 1, 3, 2 do
  local oldest = redis.call('LINDEX', KEYS[list], -1)
  while oldest and tonumber(oldest) <= now - window do
    redis.call('RPOP', KEYS[list])
    oldest = redis.call('LINDEX', KEYS[list], -1)
  end
end
local used = redis.call('LLEN', KEYS[1])
local granted = math.min(wanted, whole - used)
if lane == 'notice' then
  granted = math.min(granted, share - used + redis.call('LLEN', KEYS[3]))
  if redis.call('EXISTS', KEYS[5]) == 1 then granted = 0 end
elseif lane == 'bulk' then
  local even = math.max(tonumber(redis.call('GET', KEYS[4]) or 0), now)
  local step = window / share
  granted = math.min(granted, share - used, math.floor((now + burst - even) / step))
  if redis.call('EXISTS', KEYS[5], KEYS[6]) > 0 then granted = 0 end
  if granted > 0 then
    local used_up = string.format('%.0f', even + granted * step)
    redis.call('SET', KEYS[4], used_up, 'PX', math.ceil(window / 1000))
  end
end
if lane ~= 'bulk' then
  local own = lane == 'chat' and KEYS[5] or KEYS[6]
  if granted < wanted then redis.call('SET', own, '1', 'PX', wait) else redis.call('DEL', own) end
end
if granted <= 0 then return 0 end
local stamp = string.format('%.0f', now)
for _ = 1, granted do
  redis.call('LPUSH', KEYS[1], stamp)
  if lane == 'bulk' then redis.call('LPUSH', KEYS[3], stamp) end
end
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
redis.call('PEXPIRE', KEYS[3], math.ceil(window / 1000))
return granted
"""
KEYS = [CALLS, PAUSED, BULK, EVEN, WAITS["chat"], WAITS["notice"]]
# A pause is only ever made longer.
PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
end
"""

logger = log(__name__)


class Ceiling:
    """Grants calls to Zalo: never more than the settings say in any minute, over all workers.

    Without Redis each process goes on alone with a quarter of the rate; what it was granted
    before counts. A Redis that was flushed begins a new minute. Nothing here raises.

    Units:  calls per 60 s; seconds.
    Source: zalo-platform 7 (4,000 a minute per app; excess is answered -32).
    """

    def __init__(self, settings: Settings) -> None:
        self._limit = settings.zalo_calls_per_minute
        self._client: redis.Redis | None = (
            quick_redis(settings.redis_url) if settings.redis_url else None
        )
        self._lock = threading.Lock()
        self._own: deque[tuple[float, int]] = deque()  # when, how many: granted to this process
        self._paused_until = 0.0
        self._sulk_until = 0.0
        self._alone_said = False
        if self._client is not None:
            # A script that the server has forgotten (FLUSHALL, restart) is loaded again by itself.
            self._take = self._client.register_script(TAKE)
            self._pause = self._client.register_script(PAUSE)

    def take(self, wanted: int, lane: str = "chat") -> int:
        """Grant 0 to `wanted` calls that may be made now; one round trip to Redis."""
        if wanted <= 0 or monotonic() < self._paused_until:
            return 0
        granted = self._ask(lambda: self._take(KEYS, self._wish(wanted, lane)))
        with self._lock:
            if granted is None:
                granted = self._alone(wanted, self._share(ALONE_SHARES[lane] * ALONE))
            if granted:
                self._own.append((monotonic(), granted))
            self._forget()
        return granted

    def _wish(self, wanted: int, lane: str) -> list[str | int]:
        share, window = self._share(SHARES[lane]), int(WINDOW * 1e6)
        burst = max(int(EVEN_SECONDS * 1e6), window // share)
        return [wanted, share, self._limit, window, lane, burst, WAIT_MS]

    def _share(self, part: float) -> int:
        return max(1, int(self._limit * part))

    def pause(self, seconds: float) -> None:
        """Grant nothing to anyone for so long; a pause under way is never shortened."""
        self._paused_until = max(self._paused_until, monotonic() + seconds)
        self._ask(lambda: self._pause([PAUSED], [max(1, int(seconds * 1000))]))

    def paused(self) -> float:
        """Seconds that the pause has still to go; 0 when there is none."""
        here = self._paused_until - monotonic()
        left = self._ask(self._left)
        return max(0.0, here, (left or 0) / 1000)

    def _left(self) -> int:
        """Milliseconds of everybody's pause."""
        return int(self._client.pttl(PAUSED)) if self._client is not None else 0

    def _ask(self, question: Callable[[], Any]) -> int | None:
        """What Redis says; None when there is none, or it is away."""
        if self._client is None or monotonic() < self._sulk_until:
            return None
        try:
            answer = int(question() or 0)
        except (redis.RedisError, OSError) as fault:
            self._sulk_until = monotonic() + SULK
            if not self._alone_said:
                logger.warning("ceiling.alone", fault=type(fault).__name__)
            self._alone_said = True
            return None
        self._alone_said = False
        return answer

    def _alone(self, wanted: int, limit: int) -> int:
        self._forget()
        return max(0, min(wanted, limit - sum(count for _, count in self._own)))

    def _forget(self) -> None:
        """Drop what this process was granted longer than a window ago."""
        while self._own and self._own[0][0] <= monotonic() - WINDOW:
            self._own.popleft()
