"""Clients of Redis: of one server, or of whichever master the Sentinels name at the moment."""

from typing import Any

import redis
from redis.sentinel import Sentinel

from bot.core.redis_address import SentinelAddress, read_sentinel_address


def redis_client(url: str, **ways: Any) -> redis.Redis:
    """A client of the server, or of the master that the Sentinels name at each new connection.

    Shape: `ways` are redis-py's words for a connection: time-outs, retries.
    Errors: ValueError for an address of another form. Nothing is connected to yet.
    """
    found = read_sentinel_address(url)
    if found is None:
        return redis.Redis.from_url(url, **ways)
    sentinels: Any = ask_sentinels(found, **ways)
    client: redis.Redis = sentinels.master_for(
        found.master, db=found.database, ssl=found.tls, **found.login, **ways
    )
    return client


def ask_sentinels(found: SentinelAddress, **ways: Any) -> Sentinel:
    """The Sentinels, asked one after the other until one knows the master."""
    asked = {"ssl": found.tls, **found.own_login, **ways}
    return Sentinel(found.sentinels, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
