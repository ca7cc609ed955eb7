"""The texts that go out by SMS: pure GSM-7 once unaccented, and one part each."""

import pytest

from bot.core.sms_text import is_gsm7, sms_parts, unaccented
from bot.texts.catalogue import load_catalogue

CATALOGUE = load_catalogue()
KEYS = sorted(key for key in CATALOGUE.texts if key.startswith("sms."))
SENT = [*KEYS, "status.found"]
WORST = {  # the longest that each placeholder is filled in with
    "sms.unknown": {"code": "000.00.17.H32-261122-00000001"},
    "sms.usage": {"keyword": "ABCDEFGHIJKL", "example": "0101701234"},
    "sms.come_back": {"most": "10", "time": "15:42 ngày 23/11/2026"},
}


@pytest.mark.parametrize("key", SENT)
def test_a_text_by_sms_is_plain_gsm7(key: str) -> None:
    text = CATALOGUE.texts[key]
    plain = unaccented(CATALOGUE.render(key, **text.sample))
    assert is_gsm7(plain)
    assert plain.isascii()
    assert "?" not in plain


@pytest.mark.parametrize("key", KEYS)
def test_a_text_by_sms_fits_one_part_at_its_longest(key: str) -> None:
    filled = WORST.get(key, CATALOGUE.texts[key].sample)
    assert filled.keys() == CATALOGUE.texts[key].placeholders
    assert sms_parts(unaccented(CATALOGUE.render(key, **filled))) == 1


@pytest.mark.parametrize("timing", ["status.on_time", "status.late"])
def test_the_lookup_reply_for_ten_digits_and_a_short_step_fits_one_part(timing: str) -> None:
    word = CATALOGUE.render(timing)
    step = "Thẩm định hồ sơ tại phòng chuyên môn"
    said = CATALOGUE.render("status.found", code="0101701234", step=step, timing=word)
    more = CATALOGUE.render("sms.one_each")
    assert sms_parts(unaccented(f"{said} {more}")) == 1
