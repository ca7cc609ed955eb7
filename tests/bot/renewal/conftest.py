"""A linked OA, its token endpoint, and processes that renew."""

import sys
from collections.abc import Callable, Iterator

import pytest

from bot.renew import link
from bot.runtime import Runtime
from tests.bot.renewal.books import A_DAY
from tests.bot.renewal.endpoint import TokenEndpoint
from tests.make import HandClock, make_runtime
from tests.rig.child import Child
from tests.rig.warm_child import WarmChild


@pytest.fixture
def oauth() -> Iterator[TokenEndpoint]:
    """Zalo's token endpoint."""
    endpoint = TokenEndpoint()
    yield endpoint
    endpoint.close()


@pytest.fixture
def clock() -> HandClock:
    """A clock that the test moves."""
    return HandClock()


@pytest.fixture
def runtime(database_url: str, oauth: TokenEndpoint, clock: HandClock) -> Runtime:
    """A runtime whose OA was linked just now."""
    made = make_runtime(database_url, clock, zalo_oauth_url=oauth.url)
    link(made, oauth.pair["access_token"], oauth.pair["refresh_token"], A_DAY)
    return made


@pytest.fixture
def renewing(
    start_child: Callable[..., Child], database_url: str, oauth: TokenEndpoint
) -> Callable[..., Child]:
    """Starts processes that renew."""
    command = [sys.executable, "-m", "tests.bot.renewal.process", database_url, oauth.url]
    return lambda what: start_child([*command, what], kind=WarmChild)
