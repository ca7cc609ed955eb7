"""Results by post where something goes wrong: odd words, other minds, used codes, lost keys."""

from dataclasses import replace
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import event, func, select, text, update

from bot.channels.channel import Again
from bot.core.phone import Phone
from bot.core.post_item import ItemBlock, read_block
from bot.core.snapshot import Ticks
from bot.database import reading
from bot.doctor_post import post_findings
from bot.forget_subject import forget_subject
from bot.give_item import add_item_block, item_values
from bot.order_file import OrderFile, order_file
from bot.order_post import waited
from bot.store.post_items import add_block, items_left
from bot.store.post_orders import overdue_since
from bot.store.post_tables import post_return
from bot.store.tables import dossier
from bot.want_by_post import want_by_post
from tests.bot.notice_stage import CODE
from tests.bot.post_office import BLOCK, DRAFT, FIRST_ITEM, PostStage, make_post_stage

NO_POST = Ticks(zalo=True, sms=True)
SECOND_ITEM, THIRD_ITEM = "EE123456017VN", "EE123456025VN"


def ready(database_url: str, **settings: Any) -> PostStage:
    """A province whose one result lies at the desk, addressed."""
    post = make_post_stage(database_url, **settings)
    post.feed(step="Xác minh")
    post.address()
    post.result()
    return post


def another(post: PostStage, number: int) -> str:
    """One more dossier whose result lies at the desk, addressed; its code."""
    code = f"000.00.17.H32-261122-{number:04}"
    post.feed(step="Xác minh", code=code)
    found = want_by_post(post.stage.runtime, post.actor, code, DRAFT)
    assert not hasattr(found, "fields"), found
    post.feed(9, "Trả kết quả", code=code)
    return code


def states(post: PostStage) -> list[str]:
    with reading(post.stage.runtime.engine) as connection:
        chosen = select(post_return.c.state).order_by(post_return.c.id)
        return list(connection.scalars(chosen))


def tick(post: PostStage, on: bool) -> None:
    post.feed(9, "Trả kết quả", **({} if on else {"notify": NO_POST}))


def test_words_that_are_not_known_leave_order_and_cancellation_as_they_stand(
    sqlite_url: str,
) -> None:
    post = ready(sqlite_url)
    post.order()
    tick(post, on=False)
    post.office.tell("Bưu tá đang đến lấy hàng")
    post.track()
    assert (post.state, post.wanted().cancel_at is None) == ("ordered", False)
    post.order()
    post.office.tell("Đơn hàng đã hủy")
    post.track()
    assert post.state == "cancelled"


def test_a_parcel_that_is_handed_back_to_its_sender_is_no_delivery(sqlite_url: str) -> None:
    post = ready(sqlite_url)
    post.order()
    post.office.tell("Bưu tá đang đến lấy hàng")
    post.office.tell("Đã nhận gửi")
    post.office.tell("Người nhận không nhận, chuyển hoàn")
    post.office.tell("Phát thành công")
    assert (post.track().new, post.state) == (4, "returned")
    post.stage.clock.move(minutes=1)
    post.stage.work()
    assert "chuyen hoan" in post.stage.sms.taken[-1][1]
    assert [one.event for one in post.stage.notices()] == ["step", "result", "posted", "post_back"]


def test_an_item_code_that_a_return_has_already_is_never_given_again(database_url: str) -> None:
    post = ready(database_url)
    runtime = post.stage.runtime
    with runtime.engine.begin() as connection:  # as the service named it
        connection.execute(
            update(post_return).values(**item_values(runtime, connection, FIRST_ITEM))
        )
    code = another(post, 2)
    assert (post.order(), states(post)) == (2, ["ordered", "ordered"])
    assert post.office.orders[code].item_code == SECOND_ITEM
    with runtime.engine.begin() as connection:  # all of it was lost, and is entered again
        connection.execute(text("DELETE FROM post_item"))
        assert add_item_block(runtime, connection, read_block(BLOCK), "an") == 100
        assert items_left(connection) == (98, 100)
    third = another(post, 3)
    post.order()
    assert post.office.orders[third].item_code == THIRD_ITEM


def test_two_blocks_that_are_entered_at_one_moment_are_counted_apart(postgres_url: str) -> None:
    post = ready(postgres_url)
    engine, now = post.stage.runtime.engine, post.stage.clock()
    with engine.connect() as ours, engine.connect() as theirs:

        @event.listens_for(ours, "after_cursor_execute", once=True)
        def enter_the_other(*_told: object) -> None:
            assert add_block(theirs, ItemBlock("EB", 1, 40), "binh", now) == 40
            theirs.commit()

        assert add_block(ours, ItemBlock("EA", 1, 5), "an", now) == 5


def test_another_customers_tracking_has_numbers_of_its_own(database_url: str) -> None:
    post = ready(database_url)
    post.order()
    post.office.tell("Đã nhận gửi")
    post.track()
    runtime = post.stage.runtime
    settings = runtime.settings.model_copy(update={"post_customer_code": "KH02"})
    post.stage.runtime = replace(runtime, settings=settings)
    post.office.lines.clear()
    post.office.tell("Phát thành công")
    assert (post.track().new, post.state) == (1, "delivered")
    assert post.track().new == 0


def test_tracking_waits_for_a_feed_and_never_in_a_ring(postgres_url: str) -> None:
    post = ready(postgres_url)
    post.order()
    post.office.tell("Đã nhận gửi")
    engine = post.stage.runtime.engine
    tracking = Thread(target=post.track)
    with engine.begin() as feed:
        feed.execute(select(dossier.c.id).with_for_update())
        tracking.start()
        ends = monotonic() + 20
        while not _waits(post) and monotonic() < ends:
            sleep(0.02)
        feed.execute(select(post_return.c.id).with_for_update(nowait=True))
    tracking.join(20)
    assert post.state == "collected"


def _waits(post: PostStage) -> bool:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()"
    )
    with reading(post.stage.runtime.engine) as connection:
        return bool(connection.scalar(waiting))


def test_an_account_that_is_refused_costs_one_order_and_the_others_wait(sqlite_url: str) -> None:
    post = ready(sqlite_url)
    last = [another(post, number) for number in (2, 3)][-1]
    post.office.refuse(Again.NEVER, "205", "Mã khách hàng không đúng", times=4)
    for _ in range(3):
        post.order()
        post.stage.clock.move(seconds=20)
    assert states(post) == ["refused", "registered", "registered"]
    warned = {one.what: one.why for one in post_findings(post.stage.runtime)}
    assert warned["post.account"].startswith("2 orders wait")
    # It was surely not taken: the desk may change it meanwhile.
    found = want_by_post(post.stage.runtime, post.actor, last, DRAFT)
    assert not hasattr(found, "fields"), found
    post.office.script.clear()
    post.stage.clock.move(minutes=2)
    assert (post.order(), states(post)) == (2, ["refused", "ordered", "ordered"])


@pytest.mark.parametrize("answered", [True, False])
def test_a_result_that_is_taken_back_is_not_sent_for_until_it_is_there_again(
    database_url: str, answered: bool
) -> None:
    post = ready(database_url)
    if not answered:
        post.office.swallow()
    post.order()
    post.feed(4, "Trình ký lại")
    post.stage.clock.move(minutes=2)
    assert (post.order(), post.office.asked[-1]) == (1, ("cancel", CODE))
    assert (post.state, post.order()) == ("registered", 0)
    post.result()
    assert (post.order(), post.state) == (1, "ordered")


def test_a_result_taken_back_out_of_a_file_is_in_a_later_one_again(sqlite_url: str) -> None:
    post = ready(sqlite_url, post_service="file")
    runtime = post.stage.runtime
    order_file(runtime, post.actor, runtime.today())
    post.feed(4, "Trình ký lại")
    assert (post.state, "báo bưu điện hủy" in post.text("reason")) == ("cancelled", True)
    post.result()
    found = order_file(runtime, post.actor, runtime.today())
    assert isinstance(found, OrderFile)
    assert (found.fresh, post.state) == (1, "ordered")


def test_a_tick_that_is_set_again_while_the_cancellation_waits_is_not_lost(
    database_url: str,
) -> None:
    post = ready(database_url)
    post.order()
    tick(post, on=False)
    tick(post, on=True)  # before the post was told
    assert (post.order(), post.state, post.wanted().cancel_at) == (0, "ordered", None)
    tick(post, on=False)
    post.office.mute = 1
    post.order()
    tick(post, on=True)  # it may have been told
    post.stage.clock.move(minutes=2)
    assert (post.order(), post.state) == (2, "ordered")
    assert [one[0] for one in post.office.asked] == [CODE, "cancel", "cancel", CODE]


def test_what_no_key_opens_waits_and_the_others_go(sqlite_url: str) -> None:
    for service in ("vnpost", "file"):
        url = f"{sqlite_url}.{service}"
        post = ready(url, post_service=service)
        another(post, 2)
        with post.stage.runtime.engine.begin() as connection:
            first = select(func.min(post_return.c.id)).scalar_subquery()
            broken = update(post_return).where(post_return.c.id == first)
            connection.execute(broken.values(receiver=b"\x01lost"))
        runtime = post.stage.runtime
        if service == "vnpost":
            assert post.order() == 1
        else:
            drawn = order_file(runtime, post.actor, runtime.today())
            assert isinstance(drawn, OrderFile)
            assert "FIELD_KEYS" in drawn.left_out[0].words
        assert states(post) == ["registered", "ordered"]


def test_an_order_in_doubt_of_who_is_forgotten_is_cancelled_at_the_post(sqlite_url: str) -> None:
    post = ready(sqlite_url)
    post.office.swallow()
    post.order()
    forget_subject(post.stage.runtime, Phone("+84905123456"))
    assert post.wanted().receiver is None
    post.stage.clock.move(minutes=2)
    assert (post.order(), post.office.asked[-1], post.state) == (1, ("cancel", CODE), "cancelled")


def test_a_cancellation_is_late_by_its_own_time_and_a_halt_by_its_first_try(
    sqlite_url: str,
) -> None:
    post = ready(sqlite_url)

    def since() -> Any:
        with reading(post.stage.runtime.engine) as connection:
            return overdue_since(connection, waited)

    begun = post.stage.clock()
    post.office.refuse(Again.HALT, times=2)
    post.order()
    post.stage.clock.move(minutes=1)
    post.order()
    assert since() == begun
    post.stage.clock.move(minutes=5)
    post.order()
    post.stage.clock.move(hours=30)
    tick(post, on=False)
    assert since() == post.stage.clock()
