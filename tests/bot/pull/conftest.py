"""Fixtures of reading from software that cannot push."""

from collections.abc import Iterator

import pytest

from tests.bot.pull.source import Pages, served_pages


@pytest.fixture
def pages() -> Iterator[Pages]:
    """A source on this machine."""
    with served_pages() as source:
        yield source
