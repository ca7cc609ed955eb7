"""What the national format tells back of a phone that is taken all the same."""

from bot.index_key import index_key
from bot.store.phone_states import count_failure
from bot.vault import blind_index
from tests.webhooks.national_feeding import SYNC, Exchange, make_national


def test_a_phone_to_be_looked_at_or_asked_for_again_is_pointed_out(exchange: Exchange) -> None:
    runtime = exchange.feeder.runtime
    number = blind_index(index_key(runtime), "+84905123456")
    for _ in range(2):
        with runtime.engine.begin() as connection:
            count_failure(connection, number, runtime.now())
    told = exchange.told(
        SYNC,
        make_national(1, SoDienThoai="058 3822 222", NgayTiepNhan="20160504093000"),
        make_national(2, SoDienThoai="0905 123 456"),
    )
    assert told == (
        "00",
        "Đã nhận 2/2 hồ sơ. Lưu ý: 000.00.17.H32-261122-0001: số điện thoại có thể là số cố định "
        "cũ, cần xem lại; 000.00.17.H32-261122-0002: tin nhắn không đến được số điện thoại này, "
        "cần xin số khác.",
    )
