"""A photo that a citizen sends is answered once: with its dossiers, or with what to do instead."""

from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest
from sqlalchemy import select, update

from bot.channels.guarded import Fault, NotFetched
from bot.hear import MOST_ATTEMPTS, hear
from bot.photo_reader import Limits, PhotoReader
from bot.read_photos import LEASE, MOST_READS, Fetch, PhotoDesk
from bot.store.notice_tables import consent, dossier_follow
from bot.store.tables import inbox, lookup, metadata
from tests.conversation import CODE, House, make_house
from tests.photos.hostile import PICTURES, png
from tests.photos.sets import clear_photo
from tests.proving import stored
from tests.slips import slip_link
from tests.zalo_calls import CITIZEN, content_event

SECOND, UNKNOWN = "H56.14-240823-0002", "H56.14-240823-0009"
SENTENCE = (
    f"Hồ sơ của quý Ông/Bà ({CODE}) hiện đang ở bước Thẩm định hồ sơ, trạng thái hồ sơ: Đúng hạn."
)
AGAIN, OTHER, UNREAD = "chụp lại giấy hẹn", "không phải mã hồ sơ", "chưa mở được"
Shelf = dict[str, bytes | NotFetched]


@pytest.fixture(scope="module")
def reader() -> Iterator[PhotoReader]:
    """The process that reads, shared: it remembers nothing."""
    with closing(PhotoReader()) as kept:
        yield kept


@pytest.fixture
def house(database_url: str) -> House:
    house = make_house(database_url)
    house.feed()
    house.feed(SECOND)
    return house


@pytest.fixture
def small(sqlite_url: str) -> House:
    """A house for what no database has a part in."""
    house = make_house(sqlite_url)
    house.feed()
    return house


def shelf(photos: Shelf) -> Fetch:
    """The media host: these photos by their addresses, or why one cannot be had."""

    def fetch(url: str, _hosts: Sequence[str]) -> bytes:
        found = photos[url]
        if isinstance(found, NotFetched):
            raise found
        return found

    return fetch


def send(house: House, addresses: Sequence[str], caption: str = "", number: int = 1) -> None:
    """A citizen sends these photos in one message."""
    payloads = [{"thumbnail": f"{url}?small", "url": url} for url in addresses]
    attachments = [{"type": "image", "payload": payload} for payload in payloads]
    text = {"text": caption} if caption else {}
    event = content_event(
        "user_send_image", msg_id=f"photo-{number}", attachments=attachments, **text
    )
    house.store(event)
    hear(house.runtime)


def answered(
    house: House, reader: PhotoReader, *photos: bytes | NotFetched, caption: str = ""
) -> str:
    """The one reply to a message with these photos."""
    before = len(house.owed())
    on_shelf = {f"https://photo.zdn.vn/{at}": photo for at, photo in enumerate(photos)}
    send(house, list(on_shelf), caption, before)
    desk = PhotoDesk(house.runtime, shelf(on_shelf), reader)
    assert desk.turn()
    assert not desk.turn()
    [reply] = house.owed()[before:]
    return str(reply["text"])


def test_a_photographed_slip_is_answered_and_followed(house: House, reader: PhotoReader) -> None:
    said = answered(house, reader, clear_photo(slip_link(CODE)))
    assert said.startswith(SENTENCE)
    assert "được theo dõi theo giấy hẹn" in said
    [followed] = stored(house, dossier_follow)
    assert (followed["user_id"], followed["how"]) == (CITIZEN, "photo")
    assert [row["how"] for row in stored(house, consent)] == ["slip photo"]
    [row] = stored(house, lookup)
    assert (row["way"], row["code"]) == ("photo", CODE)


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        CODE.lower(),
        f"https://motcua.vn/tra-cuu.aspx?mahs={CODE}",
        f"https://motcua.vn/tra-cuu?MHS={CODE}&SGT=056099001234",
        slip_link(CODE, "ABCDEFGHIJ"),
    ],
    ids=["bare", "in lower case", "another link", "with a citizen's number", "wrongly signed"],
)
def test_any_other_form_of_the_code_is_a_lookup_and_no_follow(
    small: House, reader: PhotoReader, text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert answered(small, reader, clear_photo(text)) == SENTENCE
    assert stored(small, dossier_follow) == []
    assert "056099001234" not in "".join(capfd.readouterr())


def test_captions_and_photos_codes_are_answered_together_each_once(
    house: House, reader: PhotoReader
) -> None:
    photos = (clear_photo(SECOND, CODE), clear_photo(CODE))
    said = answered(house, reader, *photos, caption=f"xem giúp tôi {CODE}")
    assert [said.count(code) for code in (CODE, SECOND)] == [1, 1]
    assert said.index(CODE) < said.index(SECOND)
    assert sorted(row["way"] for row in stored(house, lookup)) == ["photo", "typed"]


def test_one_good_photo_among_bad_ones_is_enough(house: House, reader: PhotoReader) -> None:
    gone = NotFetched(Fault.GONE)
    assert answered(house, reader, gone, b"no picture", clear_photo(CODE)) == SENTENCE


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (clear_photo("https://zalo.me/1"), OTHER),
        (png(300, 300, 8, 0), AGAIN),
        (b"no picture", UNREAD),
        (PICTURES["9,400 x 9,400, colours"][0](), UNREAD),
        (NotFetched(Fault.TOO_LARGE), UNREAD),
        (NotFetched(Fault.ADDRESS), UNREAD),
    ],
    ids=[
        "another QR",
        "nothing",
        "no picture",
        "too many pixels",
        "too large",
        "not the carrier's",
    ],
)
def test_a_photo_without_a_code_says_how_to_photograph_or_to_type_it(
    small: House, reader: PhotoReader, photo: bytes | NotFetched, words: str
) -> None:
    said = answered(small, reader, photo)
    assert words in said
    assert "gõ mã hồ sơ in trên giấy" in said
    assert stored(small, lookup) == []


def test_a_code_that_nobody_knows_is_said_to_be_unknown(house: House, reader: PhotoReader) -> None:
    said = answered(house, reader, clear_photo(UNKNOWN))
    assert "Không tìm thấy" in said
    assert UNKNOWN in said


def test_photos_count_against_the_limits_like_typed_codes(
    house: House, reader: PhotoReader
) -> None:
    for number in range(10):
        house.say(f"H56.14-240825-{number:04}")
    said = answered(house, reader, clear_photo(slip_link(CODE)))
    assert CODE not in said
    assert stored(house, dossier_follow) == []


def test_a_host_that_is_away_for_a_moment_is_asked_once_more(
    house: House, reader: PhotoReader
) -> None:
    asked: list[str] = []

    def fetch(url: str, _hosts: Sequence[str]) -> bytes:
        asked.append(url)
        if len(asked) == 1:
            raise NotFetched(Fault.UNREACHED, again=True)
        return clear_photo(CODE)

    send(house, ["https://photo.zdn.vn/a"])
    assert PhotoDesk(house.runtime, fetch, reader).turn()
    assert [reply["text"] for reply in house.owed()] == [SENTENCE]
    assert len(asked) == 2


def test_texts_do_not_wait_for_photos(house: House, reader: PhotoReader) -> None:
    send(house, ["https://photo.zdn.vn/a"])
    assert house.say(CODE) == SENTENCE
    assert len(house.owed()) == 1
    assert PhotoDesk(house.runtime, shelf({"https://photo.zdn.vn/a": b""}), reader).turn()
    assert len(house.owed()) == 2


class Killed(BaseException):
    """A worker that dies, as far as the database can tell."""


def dying(_url: str, _hosts: Sequence[str]) -> bytes:
    raise Killed


def test_a_killed_workers_photo_is_answered_once_by_the_next(
    house: House, reader: PhotoReader
) -> None:
    url = "https://photo.zdn.vn/a"
    send(house, [url])
    with pytest.raises(Killed):
        PhotoDesk(house.runtime, dying, reader).turn()
    survivor = PhotoDesk(house.runtime, shelf({url: clear_photo(CODE)}), reader)
    assert not survivor.turn()  # the claim holds until its lease is over
    house.clock.move(seconds=LEASE.total_seconds())
    assert survivor.turn()
    assert [reply["text"] for reply in house.owed()] == [SENTENCE]


def test_a_photo_that_ended_its_worker_twice_is_answered_unread(
    house: House, reader: PhotoReader
) -> None:
    send(house, ["https://photo.zdn.vn/a"])
    for _ in range(MOST_READS):
        with pytest.raises(Killed):
            PhotoDesk(house.runtime, dying, reader).turn()
        house.clock.move(seconds=LEASE.total_seconds())
    assert PhotoDesk(house.runtime, dying, reader).turn()
    [reply] = house.owed()
    assert AGAIN in reply["text"]


def test_a_worker_whose_claim_ran_out_says_nothing(house: House, reader: PhotoReader) -> None:
    url = "https://photo.zdn.vn/a"
    send(house, [url])
    quick = PhotoDesk(house.runtime, shelf({url: clear_photo(CODE)}), reader)

    def slow(_url: str, _hosts: Sequence[str]) -> bytes:
        house.clock.move(seconds=LEASE.total_seconds())
        assert quick.turn()
        return clear_photo(CODE)

    assert PhotoDesk(house.runtime, slow, reader).turn()
    assert [reply["text"] for reply in house.owed()] == [SENTENCE]


def test_a_worker_told_to_stop_gives_its_photo_back(house: House, reader: PhotoReader) -> None:
    url = "https://photo.zdn.vn/a"
    send(house, [url])
    stopped = PhotoDesk(house.runtime, shelf({url: b""}), PhotoReader())

    def stop(_url: str, _hosts: Sequence[str]) -> bytes:
        stopped.stop()
        return clear_photo(CODE)

    stopped.fetch = stop
    assert stopped.turn()
    assert house.owed() == []
    assert PhotoDesk(house.runtime, shelf({url: clear_photo(CODE)}), reader).turn()
    assert [reply["text"] for reply in house.owed()] == [SENTENCE]


def test_what_breaks_the_code_is_put_off_and_in_the_end_said(
    house: House, reader: PhotoReader
) -> None:
    def broken(_url: str, _hosts: Sequence[str]) -> bytes:
        raise ZeroDivisionError

    desk = PhotoDesk(house.runtime, broken, reader)
    send(house, ["https://photo.zdn.vn/a"])
    for _ in range(MOST_READS):
        assert desk.turn()
        assert not desk.turn()
        house.clock.move(minutes=11)
    assert house.owed() == []
    assert desk.turn()  # unread this time: a fault of the reading costs nobody their answer
    [reply] = house.owed()
    assert AGAIN in reply["text"]


def test_an_event_that_keeps_breaking_the_code_is_parked(house: House, reader: PhotoReader) -> None:
    send(house, ["https://photo.zdn.vn/a"])
    with house.runtime.engine.begin() as connection:
        connection.execute(update(inbox).values(payload=b"spoilt"))
    desk = PhotoDesk(house.runtime, shelf({}), reader)
    for _ in range(MOST_ATTEMPTS):
        assert desk.turn()
        house.clock.move(minutes=11)
    assert not desk.turn()
    with house.runtime.engine.connect() as connection:
        row = connection.execute(select(inbox)).one()
    assert (row.due_at, row.fault) == (None, "Unreadable")


def test_a_hostile_photo_ends_its_reader_and_is_answered(house: House) -> None:
    with closing(PhotoReader(Limits(memory=200 * 1024 * 1024))) as poor:
        assert UNREAD in answered(house, poor, png(5_000, 5_000, 8, 2))
        assert answered(house, poor, clear_photo(CODE)) == SENTENCE


def test_neither_the_photo_nor_its_other_texts_are_kept(
    house: House, reader: PhotoReader, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = f"https://motcua.vn/tra-cuu?MHS={CODE}&SGT=056099001234"
    photo = clear_photo(secret)
    answered(house, reader, photo)
    kept = [str(row) for table in metadata.sorted_tables for row in stored(house, table)]
    kept += ["".join(capfd.readouterr())]
    for place in kept:
        assert "056099001234" not in place
        assert repr(photo[200:260])[2:-1] not in place
        assert "photo.zdn.vn" not in place  # whoever has the address sees the photo
