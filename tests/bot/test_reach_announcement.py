"""Whom an announcement would reach, by which road, at what cost and how fast."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.core.announcement import Audience, AudienceKind, Content, Road
from bot.core.snapshot import FeedDossier, Procedure, Times
from bot.reach_announcement import foresee
from bot.register import register_dossiers
from bot.store.announcement_books import put_quota
from bot.store.announcement_tables import announcement_optout, follower_tag
from bot.store.dossiers import progress_by_codes
from bot.store.feed_keys import FeedKey
from bot.store.notice_tables import dossier_follow
from bot.try_announcement import try_out
from tests.bot.announcement_stage import TEMPLATE, Stage, make_stage
from tests.make import NOW

ALL = Content("H56.14", title="t", text="x", roads=(Road.CHAT, Road.TEMPLATE_UID))


@pytest.fixture
def stage(database_url: str) -> Stage:
    return make_stage(database_url, chat_window_hours=168, **TEMPLATE)


def test_followers_are_counted_by_road_with_cost_and_time(stage: Stage) -> None:
    stage.follow(3, "near")
    stage.follow(2, "paid", wrote=timedelta(days=3))
    stage.follow(4, "far", wrote=timedelta(days=30))
    stage.follow(1, "never", wrote=None)
    stage.follow(2, "gone", following=False)
    with stage.runtime.engine.begin() as connection:
        connection.execute(
            insert(announcement_optout).values(user_id="near00000", how="news", at=NOW)
        )
        put_quota(connection, "template", 100, 3, NOW)
    found = foresee(stage.runtime, ALL)
    assert found.by_road == {Road.CHAT: 4, Road.TEMPLATE_UID: 5}
    assert (found.out, found.paid_chat, found.reached) == (1, 2, 9)
    assert found.cost_dong == 2 * 55 + 5 * 120
    assert (found.minutes, found.short_of_quota) == (1, 2)


def test_whom_nothing_reaches_is_counted_too(stage: Stage) -> None:
    stage.follow(2, wrote=timedelta(days=30))
    found = foresee(stage.runtime, Content("H56.14", roads=(Road.CHAT,)))
    assert (found.by_road, found.reached) == ({Road.NONE: 2}, 0)


def test_a_broadcast_reaches_every_follower_for_nothing(stage: Stage) -> None:
    stage.follow(3, wrote=timedelta(days=30))
    found = foresee(stage.runtime, Content("H56.14", roads=(Road.BROADCAST, Road.CHAT)))
    assert (found.by_road, found.cost_dong) == ({Road.BROADCAST: 3}, 0)


def test_those_with_open_dossiers_at_an_agency_or_below(stage: Stage) -> None:
    users = stage.follow(3)
    codes = ["H56.14-240823-0001", "H56.15-240823-0002", "H56.14-240823-0003"]
    for code, agency, status in zip(codes, ("H56.14", "H56.15", "H56.14"), (4, 4, 10), strict=True):
        told = FeedDossier(
            code=code,
            agency=agency,
            procedure=Procedure("1.003560", "Đăng ký khai sinh"),
            step="Thẩm định",
            status=status,
            changed_at=NOW,
            times=Times(),
        )
        register_dossiers(stage.runtime, FeedKey("k", "H56", False), [told])
    with stage.runtime.engine.begin() as connection:
        known = progress_by_codes(connection, codes)
        for user, code in zip(users, codes, strict=True):
            connection.execute(
                insert(dossier_follow).values(
                    user_id=user, dossier_id=known[code].dossier_id, how="link", since=NOW
                )
            )

    def reached(agency: str, procedure: str = "") -> int:
        audience = Audience(AudienceKind.DOSSIERS, agency=agency, procedure=procedure)
        return foresee(stage.runtime, Content("H56", audience=audience)).reached

    assert reached("H56.14") == 1  # the third one's dossier was given out
    assert reached("H56") == 2
    assert reached("H56", "1.003560") == 2
    assert reached("H56", "9.999999") == 0


def test_a_group_keeps_who_chats_and_loses_who_left(stage: Stage) -> None:
    stage.follow(1, "in")
    stage.follow(1, "left", following=False)
    with stage.runtime.engine.begin() as connection:
        connection.execute(
            insert(follower_tag),
            [
                {"user_id": user, "tag": "Cán bộ", "source": "code", "since": NOW}
                for user in ("in00000", "left00000")
            ],
        )
    audience = Audience(AudienceKind.OFFICIALS, tag="Cán bộ")
    assert foresee(stage.runtime, Content("H56", audience=audience)).by_road == {Road.CHAT: 1}


def test_a_list_of_phones_needs_a_template(database_url: str) -> None:
    stage = make_stage(database_url)
    audience = Audience(AudienceKind.PHONES, digest="x", count=7)
    content = Content("H56", audience=audience, roads=(Road.TEMPLATE_PHONE,))
    assert foresee(stage.runtime, content).by_road == {Road.NONE: 7}


def test_a_test_send_without_testers_reaches_nobody(stage: Stage) -> None:
    found = stage.write()
    assert try_out(stage.runtime, stage.writer, found.id) == 0
