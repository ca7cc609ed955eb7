"""Announcements against the rehearsal Zalo, over HTTP: article, broadcast, chat, tags, receipts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.announce import build_announcer
from bot.channels.channel import Again, SendFailed
from bot.channels.zalo_announce import (
    AnnouncementChannel,
    Article,
    ChatTelling,
    build_announcements,
)
from bot.read_page import read_page
from bot.renew import TokenSource, link
from bot.runtime import Runtime
from bot.store.announcement_wishes import page_tags
from tests.bot.announcement_stage import PNG
from tests.make import HandClock, make_runtime
from tests.sandbox.rehearsal import APP_ID, APP_SECRET, OA_ID, Product, Rehearsal

ARTICLE = Article(
    title="Lịch tiếp công dân",
    author="UBND tỉnh",
    summary="Lịch tiếp công dân tháng 12",
    cover="http://127.0.0.1:8000/l/anh/x.png",
    paragraphs=("Mời Ông/Bà xem lịch.",),
)
NOON = "2026-11-25T12:00:00+07:00"


@pytest.fixture
def product() -> Iterator[Product]:
    """A product that takes webhooks down."""
    made = Product()
    yield made
    made.close()


@pytest.fixture
def zalo(product: Product) -> Iterator[Rehearsal]:
    """A rehearsal Zalo at noon, with two followers."""
    rehearsal = Rehearsal(product)
    rehearsal.control("clock", now=NOON)
    for user in ("an", "binh"):
        rehearsal.control("follow", user=user, following=True)
    yield rehearsal
    rehearsal.close()


@pytest.fixture
def runtime(zalo: Rehearsal, sqlite_url: str, tmp_path: Path) -> Runtime:
    """A product that is linked with the OA."""
    made = make_runtime(
        sqlite_url,
        HandClock(),
        var_dir=tmp_path,
        zalo_app_id=APP_ID,
        zalo_oa_id=OA_ID,
        zalo_app_secret=APP_SECRET,
        zalo_oauth_url=f"{zalo.url}/oauth",
        zalo_openapi_url=f"{zalo.url}/openapi",
        zalo_business_url=f"{zalo.url}/business",
    )
    pair = zalo.control("token")
    link(made, pair["access_token"], pair["refresh_token"], int(pair["expires_in"]))
    return made


@pytest.fixture
def channel(runtime: Runtime) -> AnnouncementChannel:
    """Our client."""
    return build_announcements(runtime.settings, TokenSource(runtime), runtime.metrics)


def messages(zalo: Rehearsal, user: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = zalo.get(f"/control/messages?user={user}")["messages"]
    return found


def an_article(zalo: Rehearsal, channel: AnnouncementChannel) -> str:
    token = channel.create_article(ARTICLE)
    with pytest.raises(SendFailed) as early:
        channel.verify_article(token)
    assert (early.value.again, early.value.code) == (Again.LATER, "-214")
    zalo.control("clock", advance_seconds=6)
    return channel.verify_article(token)


def test_an_article_is_made_verified_and_shown_on_every_followers_phone(
    zalo: Rehearsal, channel: AnnouncementChannel
) -> None:
    article = an_article(zalo, channel)
    assert channel.broadcast(article).carrier_id
    for user in ("an", "binh"):
        last = messages(zalo, user)[-1]
        assert (last["kind"], last["card"]) == ("article", {"title": ARTICLE.title, "rows": []})
    assert messages(zalo, "chi") == []


def test_nobody_gets_two_articles_on_one_day(zalo: Rehearsal, channel: AnnouncementChannel) -> None:
    article = an_article(zalo, channel)
    channel.broadcast(article)
    channel.broadcast(article)
    assert len([one for one in messages(zalo, "an") if one["kind"] == "article"]) == 1


def test_there_is_no_broadcast_at_night(zalo: Rehearsal, channel: AnnouncementChannel) -> None:
    article = an_article(zalo, channel)
    zalo.control("clock", now="2026-11-25T23:00:00+07:00")
    zalo.token = ""
    with pytest.raises(SendFailed) as refused:
        channel.broadcast(article)
    assert (refused.value.again, refused.value.code) == (Again.LATER, "-234")


def test_a_chat_message_carries_a_button_or_a_picture(
    zalo: Rehearsal, channel: AnnouncementChannel
) -> None:
    zalo.control("say", user="an", text="chào")
    uid = zalo.uid()
    channel.send(uid, ChatTelling("Mời xem.", button="Xem chi tiết", link="https://a.example.vn/"))
    picture = channel.upload(PNG, "png")
    channel.send(uid, ChatTelling("Có ảnh.", picture=picture))
    linked, pictured = messages(zalo, "an")[-2:]
    assert linked["buttons"]
    assert (pictured["kind"], pictured["text"]) == ("image", "Có ảnh.")


def test_tags_of_the_page_are_read(zalo: Rehearsal, runtime: Runtime) -> None:
    uid = zalo.uid()
    zalo.call("/openapi/v2.0/oa/tag/tagfollower", {"user_id": uid, "tag_name": "can-bo"})
    read_page(runtime)
    with runtime.engine.connect() as connection:
        assert list(page_tags(connection)) == ["can-bo"]
    channel = build_announcements(runtime.settings, TokenSource(runtime), runtime.metrics)
    assert channel.tag_members("can-bo", 0) == [uid]


def test_a_worker_has_an_announcer_that_rests_while_nothing_is_due(runtime: Runtime) -> None:
    announcer = build_announcer(runtime)
    assert announcer.turn() is False
    announcer.stop()
