"""A result's whole way by post against the rehearsal's postal service, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.channels.http import Wire
from bot.channels.vnpost import VnPost, build_vnpost
from bot.order_post import order_post
from bot.reconcile import reconcile
from bot.track_post import track_post
from sandbox.settings import SAMPLES
from tests.bot.notice_stage import CODE
from tests.bot.post_office import FIRST_ITEM, PostStage, make_post_stage
from tests.sandbox.rehearsal import Product, Rehearsal


@pytest.fixture
def zalo() -> Iterator[Rehearsal]:
    """A rehearsal with its postal service."""
    product = Product()
    rehearsal = Rehearsal(product)
    yield rehearsal
    rehearsal.close()
    product.close()


@pytest.fixture
def post(zalo: Rehearsal, sqlite_url: str) -> PostStage:
    """A province whose one result lies at the desk, addressed."""
    keys: dict[str, Any] = {
        key.lower(): value for key, value in SAMPLES.items() if key.startswith("POST_")
    }
    post = make_post_stage(sqlite_url, **{**keys, "post_url": f"{zalo.url}/post"})
    post.stage.follow()
    post.feed(step="Xác minh")
    post.address()
    post.result()
    return post


def service(post: PostStage) -> VnPost:
    runtime = post.stage.runtime
    return build_vnpost(runtime.settings, runtime.metrics, Wire((2.0, 1.0)))


def test_a_result_goes_its_whole_way_and_the_books_close(zalo: Rehearsal, post: PostStage) -> None:
    runtime, office = post.stage.runtime, service(post)
    assert office.track(0).lines == ()  # it has its token: the fault is for the order
    zalo.fault("post_cut_after", count=1)
    assert (order_post(runtime, office), post.state) == (1, "registered")
    post.stage.clock.move(minutes=2)
    assert (order_post(runtime, office), post.state) == (1, "ordered")
    parcels = zalo.get("/control/parcels")["parcels"]
    assert [one["order_number"] for one in parcels] == [CODE]
    post.stage.work()
    for stage in ("collected", "under_way", "returned"):
        zalo.control("post", action=stage, order=CODE)
        run = track_post(runtime, office)
        assert run is not None
        assert (run.fault, post.state) == ("", stage)
        post.stage.work()
    assert post.text("item_code") == FIRST_ITEM
    told = [one.event for one in post.stage.notices()]
    assert told == ["step", "result", "posted", "post_back"]
    assert FIRST_ITEM in " ".join(str(text) for _, text in post.stage.chat.taken)
    assert reconcile(runtime, runtime.today()).closes


@pytest.mark.parametrize(
    ("fault", "state", "tries"),
    [
        ("post_refuse", "refused", 0),
        ("post_rate", "registered", 1),
        ("post_http_500", "registered", 1),
        ("post_no_token", "registered", 1),
    ],
)
def test_its_faults_are_told_apart(
    zalo: Rehearsal, post: PostStage, fault: str, state: str, tries: int
) -> None:
    zalo.fault(fault)
    order_post(post.stage.runtime, service(post))
    assert (post.state, post.wanted().refusals) == (state, tries)


def test_an_order_is_taken_back_until_it_is_collected(zalo: Rehearsal, post: PostStage) -> None:
    runtime = post.stage.runtime
    order_post(runtime, service(post))
    assert service(post).cancel(CODE) == "done"
    assert service(post).cancel("H32.14-240823-0009") == "unknown"
