"""An electronic result from the feed to its owner, a stranger who holds it, and the books."""

from bot.feed_keys import add_feed_key
from bot.keep_books import keep_books
from bot.store.book_pages import Extract, lines_by
from tests.bot.results import NUMBER, OWNER
from tests.conversation import CODE, make_house
from tests.make import make_record
from tests.proving import ANOTHER, PHONE, prove
from tests.web.test_result_page import answer, ask
from tests.webhooks.feeding import Feeder
from wsgi import create_app

RESULT = {
    "ref": "kq-1",
    "kind": "result",
    "name": "Giấy phép xây dựng",
    "type_code": "KQ.G15.000031",
    "owner_identifier": OWNER,
    "symbol": "7/GPXD",
    "valid_until": "2027-11-22",
    "link": "https://kho.khanhhoa.gov.vn/kq-1",
}


def test_a_result_is_told_checked_counted_and_revoked(database_url: str) -> None:
    house = make_house(database_url, sms_gateway="esms")
    web = create_app(house.runtime).test_client()
    feeder = Feeder(house.runtime, web, add_feed_key(house.runtime, "H56.14"))

    def feed(minute: int, **facts: str) -> str:
        record = make_record(
            code=CODE,
            agency="H56.14",
            phone=PHONE,
            status=9,
            changed_at=f"2026-11-25T09:{minute:02}:00+07:00",
            documents=[{**RESULT, **facts}],
        )
        [outcome] = feeder.outcomes(record)
        return outcome

    assert feed(0) == "new"
    prove(house)
    said = house.say(CODE)
    assert f"Mã số giấy tờ: {NUMBER}. Xem tại: https://kho.khanhhoa.gov.vn/kq-1" in said
    stranger = house.say(f"kiem tra ket qua {NUMBER}", ANOTHER)
    assert stranger == "Kết quả có số vừa gửi: còn hiệu lực."
    assert answer(ask(web, "7/gpxd")) == "Còn hiệu lực"
    assert feed(1, revoked_on="2026-11-25") == "changed"
    assert house.say(f"KQ {NUMBER}", ANOTHER) == "Kết quả có số vừa gửi: đã bị thu hồi."
    assert answer(ask(web, NUMBER)) == "Đã bị thu hồi"
    assert "Kết quả này đã bị thu hồi." in house.say("hồ sơ của tôi")
    keep_books(house.runtime)
    with house.runtime.engine.connect() as connection:
        [day] = lines_by(connection, Extract(("2026-11-25",)), "period").values()
    assert (day["resolved_electronic"], day["received"]) == (1, 1)
