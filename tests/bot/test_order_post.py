"""A result that goes back by post: wanted, ordered once, tracked, told, and closed in the books."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.channels.channel import Again
from bot.channels.post_service import Cancelled
from bot.core.counter_faults import Faults
from bot.core.snapshot import Ticks
from bot.doctor_post import post_findings
from bot.order_post import LEASE
from bot.reconcile import reconcile
from bot.store.post_items import items_left
from bot.store.tables import agency
from bot.want_by_post import drop_post_wish, want_by_post
from tests.bot.notice_stage import CODE, RESULT, switch
from tests.bot.post_office import DRAFT, FIRST_ITEM, PostStage, make_post_stage

POSTED_RESULT = (
    f"TB: Hồ sơ của quý ông/bà (MS: {CODE}) đã được giải quyết xong. "
    "Bưu điện sẽ trả kết quả đến địa chỉ ông/bà đã đăng ký"
)


@pytest.fixture
def post(database_url: str) -> PostStage:
    return make_post_stage(database_url)


def closes(post: PostStage) -> bool:
    return reconcile(post.stage.runtime, post.stage.runtime.today()).closes


def test_from_the_tick_to_the_door_everything_is_told_once_and_the_books_close(
    post: PostStage,
) -> None:
    stage, office = post.stage, post.office
    stage.follow()
    post.feed(step="Xác minh")
    assert (post.state, post.text("reason")) == ("unaddressed", "thiếu địa chỉ người nhận")
    post.address()
    assert post.order() == 0  # there is no result yet
    post.result()
    assert (post.order(), post.state) == (1, "ordered")
    assert office.asked == [(CODE, FIRST_ITEM)]
    told = office.orders[CODE]
    assert told.receiver.whole_address == "12 Trần Phú, phường Lộc Thọ, Khánh Hòa"
    assert told.sender.tel == "0258 3822 111"
    stage.work()
    assert stage.chat.taken[-1] == ("u1", POSTED_RESULT)
    # Nobody is asked to come, so nobody may have come in vain.
    assert not any("chưa có" in button.title for button in stage.chat_buttons[-1])

    stage.clock.move(hours=1)
    office.tell("Đã nhận gửi", stage.clock() - timedelta(minutes=5))
    office.tell("Đã nhận gửi", code="H32.14-240823-0009")
    assert (post.track().new, post.state) == (1, "collected")
    stage.work()
    assert FIRST_ITEM in stage.chat.taken[-1][1]
    office.tell("Phát thành công", stage.clock())
    assert post.track().unknown == 0  # that one was counted before
    assert post.state == "delivered"
    post.track()
    stage.work()
    assert len(post.lines()) == 2
    assert [one.event for one in stage.notices()] == ["step", "result", "posted"]
    assert closes(post)


def test_a_parcel_that_comes_back_asks_its_citizen_to_come(post: PostStage) -> None:
    stage = post.stage
    post.feed(step="Xác minh")
    post.address()
    post.result()
    post.order()
    stage.work()
    assert "Buu dien se tra ket qua den dia chi ong/ba da dang ky" in stage.sms.taken[-1][1]
    post.office.tell("Chuyển hoàn")
    post.track()
    stage.clock.move(minutes=1)
    stage.work()
    told = stage.sms.taken[-1][1]
    assert ("chuyen hoan" in told, "Moi ong/ba den" in told) == (True, True)
    # Nobody is in the chat, so that nothing was said of the item code, anywhere.
    assert [one.event for one in stage.notices()] == ["step", "result", "post_back"]
    assert not any(FIRST_ITEM in str(taken) for taken in stage.sms.taken)
    assert closes(post)


def test_who_holds_only_the_slip_is_not_told_the_item_code(post: PostStage) -> None:
    stage = post.stage
    post.feed(step="Xác minh", phone=None)
    post.address()
    post.result()
    post.order()
    post.office.tell("Đã nhận gửi")
    post.track()
    stage.work()
    assert stage.last().event == "posted"
    assert stage.last().state == "skipped"


def test_a_result_without_an_address_is_fetched_and_the_fixed_words_stay(post: PostStage) -> None:
    post.stage.follow()
    post.result()
    assert (post.order(), post.state) == (0, "unaddressed")
    post.stage.work()
    assert post.stage.chat.taken == [("u1", RESULT)]
    post.address()  # the result is there: it is ordered at once
    assert (post.order(), post.state) == (1, "ordered")


def test_the_order_waits_as_long_as_the_notice_of_the_result(post: PostStage) -> None:
    switch(post.stage, result_hold_minutes=30)
    post.feed(step="Xác minh")
    post.address()
    post.result()
    assert post.order() == 0
    post.feed(4, "Trình ký lại")  # taken back within the hold: nothing is sent
    post.stage.clock.move(hours=1)
    assert post.order() == 0
    post.result()
    post.stage.clock.move(minutes=31)
    assert post.order() == 1


@pytest.mark.parametrize("lost", ["answer", "process"])
def test_an_order_whose_answer_is_lost_is_made_again_under_the_same_codes(
    post: PostStage, lost: str
) -> None:
    post.feed(step="Xác minh")
    post.address()
    post.result()
    if lost == "answer":
        post.office.swallow()
        assert (post.order(), post.state) == (1, "registered")
        assert post.order() == 0  # after a pause
        post.stage.clock.move(minutes=2)
    else:

        def killed(_order: object) -> None:
            raise KeyboardInterrupt

        post.office.script.append(killed)
        with pytest.raises(KeyboardInterrupt):
            post.order()
        assert post.order() == 0  # its lease has not ended
        post.stage.clock.moment += LEASE
    assert (post.order(), post.state) == (1, "ordered")
    assert post.office.asked == [(CODE, FIRST_ITEM)] * 2
    with post.stage.runtime.engine.connect() as connection:
        assert items_left(connection) == (99, 100)


def test_what_the_service_refuses_for_good_is_the_desks_to_mend(post: PostStage) -> None:
    post.feed(step="Xác minh")
    post.address()
    post.result()
    post.office.refuse(Again.NEVER, "201", "Địa chỉ người nhận không hợp lệ")
    post.order()
    assert (post.state, post.text("reason")) == ("refused", "201 Địa chỉ người nhận không hợp lệ")
    warned = {one.what: one.level for one in post_findings(post.stage.runtime)}
    assert warned["post.refused"] == "warn"
    post.address()
    assert (post.order(), post.state) == (1, "ordered")


def test_a_service_at_fault_is_asked_again_and_the_others_wait(post: PostStage) -> None:
    post.feed(step="Xác minh")
    post.address()
    post.result()
    post.office.refuse(Again.HALT, times=2)
    post.order()
    post.stage.clock.move(minutes=1)
    post.order()
    assert (post.state, post.wanted().refusals) == ("registered", 2)
    post.stage.clock.move(minutes=2)
    assert post.order() == 0  # the second pause is longer
    post.stage.clock.move(minutes=3)
    assert (post.order(), post.state) == (1, "ordered")


def test_a_desk_that_has_not_said_where_it_is_orders_nothing(post: PostStage) -> None:
    with post.stage.runtime.engine.begin() as connection:
        connection.execute(update(agency).values(address=None))
    post.feed(step="Xác minh")
    post.address()
    post.result()
    assert (post.order(), post.state) == (0, "registered")
    assert "chưa khai địa chỉ" in post.text("reason")
    assert "post.desks" in {one.what for one in post_findings(post.stage.runtime)}


@pytest.mark.parametrize(
    ("cancels", "state"), [(Cancelled.DONE, "cancelled"), (Cancelled.TOO_LATE, "ordered")]
)
def test_a_tick_that_is_taken_back_cancels_also_what_was_ordered(
    post: PostStage, cancels: Cancelled, state: str
) -> None:
    post.feed(step="Xác minh")
    post.feed(step="Xác minh", notify=Ticks(zalo=True, sms=True))
    assert post.state == "cancelled"
    post.feed(step="Xác minh")  # ticked again
    assert post.state == "unaddressed"
    post.address()
    post.result()
    post.order()
    post.office.cancels = cancels
    post.feed(9, "Trả kết quả", notify=Ticks(zalo=True, sms=True))
    post.order()
    assert post.office.asked[-1] == ("cancel", CODE)
    assert post.state == state


def test_a_clerk_registers_corrects_and_drops_only_while_it_can_be(post: PostStage) -> None:
    runtime, actor = post.stage.runtime, post.actor
    assert isinstance(drop_post_wish(runtime, actor, CODE), Faults)  # nothing is registered
    post.address()  # the citizen asks at the desk; the feed knows of no tick
    post.feed(step="Xác minh", notify=Ticks(zalo=True, sms=True))
    assert (post.state, post.wanted().created_by) == ("registered", "lan")
    post.result()
    post.order()
    changed = want_by_post(runtime, actor, CODE, DRAFT)
    assert isinstance(changed, Faults)
    assert "Gọi bưu điện" in changed.fields[""]
    dropped = drop_post_wish(runtime, actor, CODE)
    assert not isinstance(dropped, Faults)
    post.order()
    assert post.state == "cancelled"


def test_without_a_service_nothing_is_kept_and_the_fixed_words_stay(sqlite_url: str) -> None:
    post = make_post_stage(sqlite_url, post_service="none")
    post.stage.follow()
    post.feed(step="Xác minh")
    post.result()
    post.stage.work()
    assert post.stage.chat.taken[-1] == ("u1", RESULT)
    assert isinstance(want_by_post(post.stage.runtime, post.actor, CODE, DRAFT), Faults)
    assert [one.what for one in post_findings(post.stage.runtime)] == ["post"]
