"""Fetches a photo from the carrier's own hosts, and from nowhere else."""

import http.client
from collections.abc import Sequence

from bot.channels.guarded import Bounds, Fault, NotFetched, fetch

MOST_BYTES = 10 * 1024 * 1024
MOST_HOPS = 2
SECONDS = 8.0  # for all of it: names, connection, every byte


def fetch_photo(url: str, hosts: Sequence[str], seconds: float = SECONDS) -> bytes:
    """The bytes at a photo's address, held in memory only.

    Shape:  `hosts` as in guarded.fetch; `host:port` is for a rehearsal. At most MOST_BYTES and
            `seconds` for the whole of it.
    Errors: NotFetched.
    Source: zalo-platform 2.6 (image), 10 row 29; interfaces 2, ZALO_MEDIA_HOSTS.
    """
    got = fetch(url, hosts, Bounds(MOST_BYTES, seconds, MOST_HOPS))
    if got.status != http.client.OK:
        raise NotFetched(Fault.GONE, again=got.status >= http.client.INTERNAL_SERVER_ERROR)
    return got.content
