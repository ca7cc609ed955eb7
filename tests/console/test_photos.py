"""Photos of slips dropped at the counter lead to their dossiers, or it is said why not."""

import io
import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bot.core.snapshot import FeedDossier, Procedure
from bot.core.staff import Actor, Role
from bot.feed_keys import add_feed_key
from bot.photo_reader import Limits, Outcome
from bot.read_dropped_photo import AT_ONCE, DropDesk
from bot.register import register_dossiers
from bot.staff import list_accounts
from bot.store.counter_tables import audit_entry
from bot.store.feed_keys import FeedKey
from console.photos import MOST_BYTES
from tests.console.desk import ORIGIN, Client, Desk
from tests.photos.hostile import PICTURES, png
from tests.photos.sets import clear_photo
from tests.slips import slip_link

CODE, LOCAL, OTHERS = "H56.14-240823-0001", "0905123456", "H56.15-240823-0001"
PLACE = "/console/anh"


@pytest.fixture
def desk(database_url: str) -> Desk:
    return fed(Desk(database_url))


@pytest.fixture
def quick(sqlite_url: str) -> Client:
    """A clerk, for what no database has a part in."""
    return fed(Desk(sqlite_url)).login(Role.CLERK)


def fed(desk: Desk) -> Desk:
    """Two agencies have told of a dossier each."""
    for agency, code, local in (("H56.14", CODE, LOCAL), ("H56.15", OTHERS, None)):
        add_feed_key(desk.runtime, agency)
        dossier = FeedDossier(
            code=code,
            local_code=local,
            agency=agency,
            procedure=Procedure("1.003560", "Đăng ký khai sinh"),
            step="Thẩm định hồ sơ",
            status=4,
            changed_at=desk.clock(),
        )
        [told] = register_dossiers(desk.runtime, FeedKey("test", agency, False), [dossier])
        assert told.why is None
    return desk


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return desk.login(Role.CLERK)


def drop(client: Client, *photos: bytes, name: str = "phieu.jpg") -> TestResponse:
    files = [(io.BytesIO(photo), name) for photo in photos]
    return client.post(PLACE, {"photo": files}, content_type="multipart/form-data")


def links(page: str) -> list[str]:
    return re.findall(r'href="/console/ho-so/([^"]+)"', page)


def results(page: str) -> list[str]:
    return page.split("data-result>")[1:]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_of_a_slip_leads_to_its_dossier(quick: Client, form: str) -> None:
    answer = drop(quick, clear_photo(slip_link(CODE), form=form))
    assert (answer.status_code, links(answer.text)) == (200, [CODE])
    assert "data-focus" in results(answer.text)[0]


def test_a_local_code_leads_to_the_dossiers_own_code(clerk: Client) -> None:
    assert links(drop(clerk, clear_photo(slip_link(LOCAL))).text) == [CODE]


def test_a_dossier_of_another_agency_and_an_unknown_one_get_the_same_words(clerk: Client) -> None:
    other, unknown = "H56.15-240823-0001", "H56.15-240823-0002"
    pages = [drop(clerk, clear_photo(code)).text for code in (other, unknown)]
    assert [links(page) for page in pages] == [[], []]
    assert "không có hồ sơ nào như vậy" in results(pages[0])[0]
    assert results(pages[0])[0].replace(other, unknown) == results(pages[1])[0]


def test_several_photos_and_several_codes_are_told_apart(desk: Desk) -> None:
    clerk = desk.login(Role.CLERK, agency="H56")
    page = drop(clerk, clear_photo(CODE, OTHERS), clear_photo("https://zalo.me/1")).text
    first, second = results(page)
    assert sorted(links(first)) == [CODE, OTHERS]
    assert "không phải mã hồ sơ" in second


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        ("one line", "Chưa thấy mã QR"),
        ("PDF", "không phải ảnh"),
        ("9,400 x 9,400, colours", "25 triệu điểm ảnh"),
        ("PNG of 60 frames", "ảnh động"),
        ("JPEG cut in half", "bị hỏng"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(
    quick: Client, picture: str, words: str
) -> None:
    build, _ = PICTURES[picture]
    answer = drop(quick, build(), name="<b>ảnh.png")
    assert answer.status_code == 200
    assert words in results(answer.text)[0]
    assert "Mời" in results(answer.text)[0]
    assert "&lt;b&gt;ảnh.png" in answer.text


def test_a_form_without_a_photo_says_so(quick: Client) -> None:
    answer = quick.post(PLACE, {"photo": (io.BytesIO(b""), "")}, content_type="multipart/form-data")
    assert (answer.status_code, "Chưa chọn ảnh nào" in answer.text) == (422, True)


def test_too_many_photos_at_a_time_are_refused_with_their_number(quick: Client) -> None:
    answer = drop(quick, *[b"photo"] * 6)
    assert (answer.status_code, "Đã chọn 6 ảnh" in answer.text) == (422, True)


def send(client: Client, path: str, size: int) -> int:
    """Send a photo of zeros, its bytes written as a browser writes them; the status."""
    mark = "a-mark-between-parts"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    answer = client.web.post(
        path,
        data=head.encode() + bytes(size) + f"\r\n--{mark}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={mark}",
        headers={"Origin": ORIGIN, "X-CSRFToken": client.token()},
    )
    return answer.status_code


def test_ten_megabytes_are_taken_and_no_more_and_elsewhere_only_one(quick: Client) -> None:
    assert send(quick, PLACE, MOST_BYTES) == 413
    assert send(quick, PLACE, MOST_BYTES - 5_000) == 200
    assert send(quick, "/console/mat-khau", 2 * 1024 * 1024) == 413


def test_what_was_read_stands_in_the_audit_trail_and_the_photo_nowhere(
    desk: Desk, clerk: Client
) -> None:
    drop(clerk, clear_photo(slip_link(CODE)))
    with desk.runtime.engine.connect() as connection:
        [row] = connection.execute(
            select(audit_entry).where(audit_entry.c.action == "photo.read")
        ).all()
    assert (row.login, row.agency_code) == (clerk.login, "H56.14")
    assert row.detail == f'{{"codes": "{CODE}", "photos": 1}}'


def lan(desk: Desk) -> Actor:
    """A clerk, as the door hands her to a verb."""
    login = desk.account(Role.CLERK, login="lan")
    [listed] = [one for one in list_accounts(desk.runtime, None) if one.account.login == login]
    return Actor(listed.account, "127.0.0.1", frozenset({"H56.14"}))


def test_a_hostile_photo_ends_its_reader_and_the_next_is_read(desk: Desk) -> None:
    poor = DropDesk(desk.runtime, Limits(memory=200 * 1024 * 1024, cpu=4, seconds=8))
    found = poor.read(lan(desk), [png(5_000, 5_000, 8, 2), clear_photo(CODE)])
    assert found is not None
    assert [one.outcome for one in found] == [Outcome.READER_ENDED, Outcome.FOUND]
    assert found[1].dossiers == (CODE,)


def test_while_others_are_read_a_clerk_is_asked_to_come_back(desk: Desk) -> None:
    full = DropDesk(desk.runtime)
    for _ in range(AT_ONCE):
        assert full._free.acquire(blocking=False)
    who = lan(desk)
    assert full.read(who, [clear_photo(CODE)]) is None
    full._free.release()
    assert full.read(who, [clear_photo(CODE)]) is not None
