"""A fresh sandbox for every test, with a product that listens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.sandbox.rehearsal import Product, Rehearsal

StartRehearsal = Callable[..., Rehearsal]


@pytest.fixture
def product() -> Iterator[Product]:
    """What the sandbox sends its webhooks and feeds to."""
    product = Product()
    yield product
    product.close()


@pytest.fixture
def start(product: Product) -> Iterator[StartRehearsal]:
    """Starts sandboxes with settings of the test's own, one after the other or together."""
    with ExitStack() as stack:

        def begin(**environ: str) -> Rehearsal:
            rehearsal = Rehearsal(product, **environ)
            stack.callback(rehearsal.close)
            return rehearsal

        yield begin


@pytest.fixture
def zalo(start: StartRehearsal) -> Rehearsal:
    """A sandbox as it starts without any setting but the test's ids."""
    return start()
