"""Announcements on their way: each recipient once, nobody who wants none, stopped at once."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.announce import LEASE
from bot.ceiling import Ceiling
from bot.channels.channel import Again
from bot.core.announcement import Audience, AudienceKind, Road, State
from bot.core.receipt import DeliveryReceipt, Reported
from bot.phone_list import PhoneList, read_phone_list
from bot.run_announcement import pause, resume, stop
from bot.store.announcement_tables import announcement_optout, follower_tag
from bot.take_receipts import take_receipts
from bot.write_announcement import Enclosed
from tests.bot.announcement_stage import PNG, TEMPLATE, Stage, at, drain, make_stage
from tests.make import NOW


@pytest.fixture
def stage(database_url: str, tmp_path: object) -> Iterator[Stage]:
    made = make_stage(database_url, var_dir=tmp_path, **TEMPLATE)
    yield made
    for announcer in made.announcers:
        announcer.stop()


def opt_out(stage: Stage, user: str) -> None:
    with stage.runtime.engine.begin() as connection:
        connection.execute(insert(announcement_optout).values(user_id=user, how="news", at=NOW))


# Whom it reaches, and how


def test_everybody_is_told_once_by_the_first_road_that_leads_there(stage: Stage) -> None:
    near = stage.follow(3, "near")
    stage.follow(2, "far", wrote=timedelta(days=9))
    stage.follow(1, "gone", following=False)
    found = stage.released(roads=(Road.CHAT, Road.TEMPLATE_UID))
    stage.send_all()
    assert sorted(stage.zalo.asked) == sorted(
        [("chat", one) for one in near]
        + [("template_uid", f"far{number:05d}") for number in range(2)]
    )
    assert stage.state(found) is State.DONE
    assert stage.tally(found) == stage.counted(found)


def test_whom_no_road_reaches_stands_in_the_books(stage: Stage) -> None:
    stage.follow(2, "far", wrote=timedelta(days=9))
    found = stage.released(roads=(Road.CHAT,))
    stage.send_all()
    assert stage.zalo.asked == []
    assert stage.tally(found) == {("none", "skipped", "no_way"): 2}


def test_who_wants_none_gets_none_also_when_it_was_said_after_planning(stage: Stage) -> None:
    users = stage.follow(3)
    opt_out(stage, users[0])
    found = stage.released()
    announcer = stage.announcer()
    announcer.turn()  # begun
    announcer.turn()  # planned
    opt_out(stage, users[1])
    drain(announcer)
    assert stage.zalo.taken == [users[2]]
    assert stage.tally(found) == {("chat", "sent", ""): 1, ("chat", "skipped", "optout"): 1}


def test_a_window_that_closes_meanwhile_leads_to_the_template(stage: Stage) -> None:
    [user] = stage.follow(1, wrote=timedelta(hours=47, minutes=59))
    stage.released(roads=(Road.CHAT, Road.TEMPLATE_UID))
    announcer = stage.announcer()
    announcer.turn()
    announcer.turn()
    stage.clock.move(minutes=2)
    drain(announcer)
    assert stage.zalo.asked == [("template_uid", user)]


def test_officials_are_reached_by_their_group(stage: Stage) -> None:
    users = stage.follow(3)
    with stage.runtime.engine.begin() as connection:
        connection.execute(
            insert(follower_tag).values(user_id=users[1], tag="Cán bộ", source="code", since=NOW)
        )
    stage.released(audience=Audience(AudienceKind.OFFICIALS, tag="Cán bộ"))
    stage.send_all()
    assert stage.zalo.taken == [users[1]]


def test_a_list_of_phones_is_told_by_template(stage: Stage) -> None:
    phones = read_phone_list(stage.runtime, "Số điện thoại\n0905123456\n0905 123 457\n".encode())
    assert isinstance(phones, PhoneList)
    found = stage.released(
        Enclosed(phones=phones),
        audience=Audience(AudienceKind.PHONES),
        roads=(Road.TEMPLATE_PHONE,),
    )
    stage.send_all()
    assert sorted(stage.zalo.asked) == [
        ("template_phone", "+84905123456"),
        ("template_phone", "+84905123457"),
    ]
    assert stage.tally(found) == {("template_phone", "sent", ""): 2}
    assert sum(row.cost_dong for row in stage.rows(found)) == 240


def test_an_article_goes_to_all_followers_in_one_call(stage: Stage) -> None:
    stage.follow(3)
    found = stage.released(Enclosed(picture=PNG), roads=(Road.BROADCAST,))
    stage.zalo.script.extend([None])
    stage.zalo.refuse(Again.LATER, "-214")
    announcer = stage.announcer()
    drain(announcer)
    stage.clock.move(seconds=11)
    drain(announcer)
    calls = [call for call, _ in stage.zalo.asked]
    assert calls == ["create", "verify", "verify", "broadcast"]
    assert stage.zalo.articles[0].cover.endswith(".png")
    assert stage.tally(found) == {("broadcast", "sent", ""): 1}
    assert stage.state(found) is State.DONE


def test_a_broadcast_whose_answer_was_lost_is_not_made_again(stage: Stage) -> None:
    found = stage.released(Enclosed(picture=PNG), roads=(Road.BROADCAST,))
    stage.zalo.script.extend([None, None])
    stage.zalo.refuse(Again.UNSURE)
    announcer = stage.announcer()
    drain(announcer)
    stage.clock.move(hours=2)
    drain(announcer)
    assert [call for call, _ in stage.zalo.asked].count("broadcast") == 1
    assert stage.tally(found) == {("broadcast", "unsure", "lost"): 1}


def test_a_refused_article_pauses_and_says_why(stage: Stage) -> None:
    found = stage.released(Enclosed(picture=PNG), roads=(Road.BROADCAST,))
    stage.zalo.refuse(Again.HALT, "-221")
    stage.send_all()
    told = stage.read(found.id)
    assert told.state is State.PAUSED
    assert "-221" in (told.reason or "")


# Hours


def test_it_waits_for_the_hours_in_which_citizens_are_told(stage: Stage) -> None:
    stage.follow(1)
    stage.clock.moment = at(22)
    stage.follow(1, "late")
    found = stage.released()
    stage.send_all()
    assert stage.zalo.taken == []
    assert stage.read(found.id).due_at == at(7, days=1)
    stage.clock.moment = at(7, days=1)
    stage.send_all()
    assert len(stage.zalo.taken) == 2


# Stopping


def test_what_is_stopped_has_nothing_begun_any_more(stage: Stage) -> None:
    stage.follow(300)
    found = stage.released()
    gate = threading.Event()

    def hold(_user: str) -> None:
        gate.wait(5)

    stage.zalo.before = hold
    announcer = stage.announcer(threads=4)
    for _ in range(4):
        announcer.turn()
    assert stop(stage.runtime, stage.approver, found.id) is None
    announcer.turn()
    gate.set()
    drain(announcer)
    assert len(stage.zalo.taken) <= 4  # what the threads had in hand
    assert stage.state(found) is State.STOPPED
    assert stage.tally(found) == stage.counted(found)


def test_what_is_paused_goes_on_where_it_was(stage: Stage) -> None:
    users = stage.follow(40)
    found = stage.released()
    announcer = stage.announcer(threads=4)
    while len(stage.zalo.taken) < 8:
        announcer.turn()
    assert pause(stage.runtime, stage.writer, found.id) is None
    drain(announcer)
    told = len(stage.zalo.taken)
    assert told < 40
    assert resume(stage.runtime, stage.writer, found.id) is None
    drain(announcer)
    assert sorted(stage.zalo.taken) == users
    assert stage.state(found) is State.DONE


# Refusals


def test_a_refusal_for_good_is_told_with_its_code(stage: Stage) -> None:
    stage.follow(2)
    stage.zalo.refuse(Again.CLOSED, "-213")
    found = stage.released()
    stage.send_all()
    assert stage.tally(found) == {("chat", "failed", "-213"): 1, ("chat", "sent", ""): 1}


def test_what_everybody_would_be_refused_alike_is_paused(stage: Stage) -> None:
    stage.follow(200)
    stage.zalo.refuse(Again.NEVER, "-248", times=200)
    found = stage.released()
    stage.send_all()
    told = stage.read(found.id)
    assert told.state is State.PAUSED
    assert "-248" in (told.reason or "")
    assert len(stage.zalo.asked) < 60


def test_not_now_comes_again_later(stage: Stage) -> None:
    [user] = stage.follow(1)
    stage.zalo.refuse(Again.LATER, "-200")
    stage.released()
    announcer = stage.announcer()
    drain(announcer)
    stage.clock.move(seconds=3)
    drain(announcer)
    assert stage.zalo.asked == [("chat", user)] * 2


def test_a_lost_answer_is_never_sent_again(stage: Stage) -> None:
    stage.follow(1)
    stage.zalo.refuse(Again.UNSURE)
    found = stage.released()
    announcer = stage.announcer()
    drain(announcer)
    stage.clock.move(minutes=16)
    stage.announcers.append(other := stage.announcer())
    drain(other)
    assert len(stage.zalo.asked) == 1
    assert stage.tally(found) == {("chat", "unsure", "lost"): 1}
    assert stage.state(found) is State.DONE


# Workers that die


def test_a_dead_workers_recipients_that_it_never_began_are_told_by_another(stage: Stage) -> None:
    users = stage.follow(6)
    stage.released()
    dead = stage.announcer(threads=4)
    dead.ceiling = Ceiling(stage.runtime.settings.model_copy(update={"zalo_calls_per_minute": 1}))
    dead.ceiling.take(1)  # so that it is granted nothing
    for _ in range(4):  # it claims, and is never heard of again
        dead.turn()
    dead._journal.close()
    stage.clock.move(seconds=LEASE.total_seconds() + 1)
    stage.send_all()
    assert sorted(stage.zalo.taken) == users


def test_two_workers_tell_everybody_once(stage: Stage) -> None:
    users = stage.follow(60)
    found = stage.released()
    both = [stage.announcer(threads=4), stage.announcer(threads=4)]
    while any([one.turn() for one in both]):
        pass
    assert sorted(stage.zalo.taken) == users
    assert stage.tally(found) == {("chat", "sent", ""): 60}


# Receipts


def test_receipts_tell_who_received_and_who_saw(stage: Stage) -> None:
    stage.follow(2)
    found = stage.released()
    stage.send_all()
    seen = DeliveryReceipt("zalo", ("z1",), Reported.SEEN, NOW)
    take_receipts(stage.runtime, [seen, seen])
    take_receipts(stage.runtime, [DeliveryReceipt("zalo", ("z2",), Reported.DELIVERED, NOW)])
    tally = stage.tally(found)
    assert (tally["chat", "received", ""], tally["chat", "seen", ""]) == (2, 1)
    assert tally == stage.counted(found)


# Planning


def test_planning_goes_by_batches_and_goes_on_where_it_was(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.announcement_steps.MOST_PLANNED", 4)
    users = stage.follow(10)
    found = stage.released()
    first = stage.announcer()
    first.turn()
    first.turn()  # one batch, then its worker dies
    assert len(stage.rows(found)) == 4
    stage.send_all()
    assert sorted(stage.zalo.taken) == users
