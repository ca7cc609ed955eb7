"""The doctor's look at Redis: whether it answers, which server that is, and what would be lost."""

from collections.abc import Iterator
from typing import Any

import redis

from bot.bell import quick_redis
from bot.core.redis_address import SentinelAddress, read_sentinel_address
from bot.finding import Finding
from bot.redis_client import ask_sentinels
from bot.settings import Settings

ENOUGH = 3  # Sentinels: with fewer the loss of one leaves no majority
QUICK: dict[str, Any] = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}


def redis_findings(settings: Settings) -> Iterator[Finding]:
    """What is known of REDIS_URL; at most a few seconds, never raises."""
    if not settings.redis_url:
        yield Finding(
            "fail", "redis", "REDIS_URL is not set and no embedded Redis runs", "run: bot up"
        )
        return
    found = read_sentinel_address(settings.redis_url)
    if found is not None:
        yield from _sentinels(found)
    client = quick_redis(settings.redis_url)
    try:
        client.ping()
    except redis.RedisError as fault:
        yield Finding(
            "fail", "redis", f"does not answer: {type(fault).__name__}", "start it, see REDIS_URL"
        )
        return
    yield Finding("ok", "redis", "answers")
    yield from _append_only(client)


def _append_only(client: redis.Redis) -> Iterator[Finding]:
    try:
        append_only = dict(client.config_get("appendonly")).get("appendonly") == "yes"
    except redis.RedisError:
        yield Finding("warn", "redis.appendonly", "may not be read here", "check it by hand")
        return
    if append_only:
        yield Finding("ok", "redis.appendonly", "is on")
    else:
        yield Finding(
            "warn",
            "redis.appendonly",
            "is off: a restart of Redis forgets every bell and the rate ceiling",
            "set: appendonly yes",
        )


def _sentinels(found: SentinelAddress) -> Iterator[Finding]:
    """Which master, how many Sentinels say so, and whether another server could take its place."""
    names = [f"{host}:{port}" for host, port in found.sentinels]
    said = [_told(one, found.master) for one in ask_sentinels(found, **QUICK).sentinels]
    silent = [name for name, state in zip(names, said, strict=True) if state is None]
    states = [state for state in said if state]
    if not states:
        why = f"no Sentinel of {', '.join(names)} tells of a master {found.master!r}"
        yield Finding("fail", "redis.master", why, "start them, or correct REDIS_URL")
        return
    masters = sorted({f"{state['ip']}:{state['port']}" for state in states})
    if len(masters) > 1:
        why = f"{found.master}: the Sentinels disagree ({', '.join(masters)})"
        yield Finding("warn", "redis.master", why, "a failover is under way; look again")
    else:
        yield Finding("ok", "redis.master", f"{found.master} is {masters[0]}")
    if silent:
        why = f"{len(silent)} of {len(names)} do not answer: {', '.join(silent)}"
        yield Finding("warn", "redis.sentinels", why, "start them")
    elif len(names) < ENOUGH:
        why = f"REDIS_URL names {len(names)}: with one lost, nobody may fail over"
        yield Finding("warn", "redis.sentinels", why, f"run {ENOUGH} on machines of their own")
    else:
        yield Finding("ok", "redis.sentinels", f"all {len(names)} answer")
    if not any(state["num-slaves"] for state in states):
        why = "the master has no replica, so nothing could take its place"
        yield Finding("warn", "redis.replicas", why, "start a server with: replicaof MASTER PORT")


def _told(sentinel: redis.Redis, master: str) -> dict[str, Any] | None:
    """What a Sentinel says of the master; empty when it does not know it, None when it is away."""
    try:
        masters: Any = sentinel.sentinel_masters()
    except redis.RedisError:
        return None
    return dict(masters.get(master, {}))
