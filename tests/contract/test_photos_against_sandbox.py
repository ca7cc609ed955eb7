"""Photos from a phone of the rehearsal Zalo: its event heard, its media host asked, answered."""

import base64
from collections.abc import Iterator

import pytest

from bot.channels.zalo_events import listen
from bot.read_photos import PhotoDesk
from bot.take_in import take_in, zalo_keys
from tests.conversation import CODE, House, make_house
from tests.photos.sets import clear_photo
from tests.sandbox.rehearsal import APP_ID, OA_ID, OA_KEY, PNG, Product, Rehearsal
from tests.slips import slip_link

HOUR_AND_A_BIT = 3_700


@pytest.fixture
def zalo() -> Iterator[Rehearsal]:
    """A rehearsal Zalo, and a product that takes its webhooks down."""
    product = Product()
    rehearsal = Rehearsal(product)
    yield rehearsal
    rehearsal.close()
    product.close()


@pytest.fixture
def house(zalo: Rehearsal, sqlite_url: str) -> House:
    """A house that knows a dossier and the rehearsal's media host."""
    house = make_house(
        sqlite_url,
        zalo_app_id=APP_ID,
        zalo_oa_id=OA_ID,
        zalo_oa_secret_key=OA_KEY,
        zalo_media_hosts=(zalo.url.removeprefix("http://"),),
    )
    house.feed()
    return house


def send(zalo: Rehearsal, house: House, photo: bytes, caption: str = "") -> None:
    """A citizen sends a photo, and the house stores the event that came of it."""
    picture = base64.b64encode(photo).decode()
    zalo.control("photo", user="an", image_base64=picture, caption=caption)
    [arrived] = zalo.product.wait(1, name="user_send_image")
    stamp = arrived.headers["X-ZEvent-Signature"]
    event = listen(arrived.raw, stamp, zalo_keys(house.runtime.settings), house.clock())
    assert event is not None
    take_in(house.runtime, event, arrived.raw, house.clock())


def reply(house: House) -> str:
    """The one reply that the photo earned."""
    desk = PhotoDesk(house.runtime)
    assert desk.turn()
    desk.stop()
    [owed] = house.owed()
    return str(owed["text"])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF"])
def test_a_slip_photographed_on_a_phone_is_answered_and_followed(
    zalo: Rehearsal, house: House, form: str
) -> None:
    send(zalo, house, clear_photo(slip_link(CODE), form=form))
    said = reply(house)
    assert said.startswith(f"Hồ sơ của quý Ông/Bà ({CODE}) hiện đang ở bước Thẩm định hồ sơ")
    assert "được theo dõi theo giấy hẹn" in said


def test_a_photo_without_a_code_is_told_how_to_do_better(zalo: Rehearsal, house: House) -> None:
    send(zalo, house, PNG)
    assert "chưa mở được" in reply(house)


def test_a_photo_whose_address_has_expired_is_asked_for_again(
    zalo: Rehearsal, house: House
) -> None:
    send(zalo, house, clear_photo(CODE))
    zalo.control("clock", advance_seconds=HOUR_AND_A_BIT)
    assert "chưa mở được" in reply(house)


def test_a_rehearsals_photo_is_not_fetched_by_a_house_that_does_not_name_its_host(
    zalo: Rehearsal, sqlite_url: str
) -> None:
    strict = make_house(sqlite_url, zalo_app_id=APP_ID, zalo_oa_id=OA_ID, zalo_oa_secret_key=OA_KEY)
    strict.feed()
    send(zalo, strict, clear_photo(CODE))
    assert "chưa mở được" in reply(strict)
