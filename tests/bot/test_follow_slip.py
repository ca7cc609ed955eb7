"""With the slip in hand one dossier is followed, without a phone."""

from collections.abc import Callable

import pytest

from bot.store.notice_tables import consent, dossier_follow
from bot.store.phone_links import linked_followers
from tests.conversation import CODE, House, make_house
from tests.make import NOW
from tests.proving import stored
from tests.slips import slip_link
from tests.zalo_calls import CITIZEN, content_event

LOCAL = "0905123456"  # ten digits in the shape of a phone
FOLLOWED = "được theo dõi theo giấy hẹn"


@pytest.fixture
def house(database_url: str) -> House:
    house = make_house(database_url)
    house.feed(local_code=LOCAL)
    return house


@pytest.mark.parametrize("code", [CODE, LOCAL])
@pytest.mark.parametrize(
    "written",
    [
        str,
        str.lower,
        lambda link: f"{link}?gidzl=aB3-0101701234_x",
        lambda link: link.partition("://")[2],
        lambda link: f"Xem giúp tôi {link} với ạ",
        lambda link: "https://zalo.me/x?u=" + link.replace(":", "%3A").replace("/", "%2F"),
    ],
    ids=["as printed", "in lower case", "with Zalo's tail", "bare", "in a text", "escaped"],
)
def test_the_slips_own_link_answers_and_follows(
    house: House, code: str, written: Callable[[str], str]
) -> None:
    said = house.say(written(slip_link(code)))
    assert said.startswith(f"Hồ sơ của quý Ông/Bà ({code}) hiện đang ở bước Thẩm định hồ sơ")
    assert FOLLOWED in said
    [followed] = stored(house, dossier_follow)
    assert (followed["user_id"], followed["how"], followed["ended_at"]) == (CITIZEN, "link", None)
    with house.runtime.engine.connect() as connection:
        [told] = linked_followers(connection, [], [followed["dossier_id"]])
    assert (told.user_id, told.phone_index, told.last_interaction_at) == (CITIZEN, None, NOW)


def test_a_shared_link_does_as_well_as_a_typed_one(house: House) -> None:
    attachment = {"type": "link", "payload": {"url": slip_link(CODE) + "?gidzl=x"}}
    [reply] = house.hear(content_event("user_send_link", attachments=[attachment]))
    assert FOLLOWED in reply["text"]


@pytest.mark.parametrize(
    "link",
    [
        slip_link(CODE, "ABCDEFGHIJ"),
        slip_link("H56.14-240823-0002").replace("0002", "0001"),
        slip_link(CODE).replace("127.0.0.1", "EXAMPLE.ORG"),
        slip_link(CODE)[:-1],
        slip_link(CODE) + "A",
        CODE,
    ],
    ids=["guessed", "of another slip", "of another host", "cut", "too long", "no link"],
)
def test_anything_else_is_only_a_lookup(house: House, link: str) -> None:
    said = house.say(link)
    assert FOLLOWED not in said
    assert stored(house, dossier_follow) == []


def test_a_dossier_that_is_not_known_yet_is_not_followed(house: House) -> None:
    said = house.say(slip_link("H56.14-240823-0009"))
    assert "Không tìm thấy hồ sơ" in said
    assert stored(house, dossier_follow) == []


def test_the_limit_on_lookups_holds_for_links(house: House) -> None:
    for number in range(10):
        house.say(f"H56.14-240823-1{number:03}")
    assert "tạm dừng" in house.say(slip_link(CODE))
    assert stored(house, dossier_follow) == []


def test_following_twice_is_one_follow_and_one_consent(house: House) -> None:
    for _ in range(2):
        assert FOLLOWED in house.say(slip_link(CODE))
    assert len(stored(house, dossier_follow)) == 1
    [given] = stored(house, consent)
    assert (given["about"], given["given"], given["how"]) == ("dossier", True, "slip link")
    assert "thôi theo dõi" in given["words"]


def test_several_slips_in_one_text_are_all_followed(house: House) -> None:
    house.feed("H56.14-240823-0002")
    said = house.say(f"{slip_link(CODE)} {slip_link('H56.14-240823-0002')}")
    assert f"Hồ sơ {CODE}, H56.14-240823-0002 được theo dõi" in said
    assert len(stored(house, dossier_follow)) == 2
