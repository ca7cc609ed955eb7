"""Whatever a citizen types: one reply in Vietnamese, and no number that was not read as a code."""

import re
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from bot.answer import LOCAL_EXAMPLE
from bot.core.intent import read_intent
from bot.store.tables import inbox, outbox
from tests.conversation import House
from tests.zalo_calls import SETTINGS, text_event

NEXT = count(1)
LETTERS = "ạảãàáâậầấẩẫăắằặẳẵđêệểễềếôộồổỗơợởỡớờưựửữừứýỳỷỹỵịỉĩìíọỏõòóụủũùúéèẻẽẹ"
PIECES = (
    "H56.14-240823-0001", "000.00.17.H32-261122-0001", "0101701234", "0905123456", "056099001234",
    "MCKH ", "mckh", "tra cứu ", "số điện thoại ", "CCCD ", "mã số thuế 0312345678-001", "#TRACUU",
    "25/11/2026", "2026", "-", ".", ",", " ", "\n", "1.004873", "123/QĐ-UBND", "\u0302", "\u200b",
    "H56,14 – 24o823 – 0001", "１２３４５６７８", "٠١٢٣٤٥٦٧٨٩", "https://a.vn/?MHS=H56.14-240823-0001&SGT=0905123456",
)  # fmt: skip
digits = st.text(alphabet="0123456789-. ", min_size=4, max_size=24)
typed = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(PIECES), digits, st.text(max_size=8)), max_size=6).map(
        "".join
    ),
)


def runs(text: str) -> set[str]:
    """The runs of six digits or more."""
    return set(re.findall(r"[0-9]{6,}", text))


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(text=typed)
def test_any_text_gets_one_vietnamese_reply_without_a_strangers_number(
    one_house: House, text: str
) -> None:
    number = next(NEXT)
    [reply] = one_house.hear(text_event(text, f"u{number}", msg_id=f"t{number}"))
    assert any(letter in reply["text"].lower() for letter in LETTERS)
    keyword = one_house.runtime.settings.sms_keyword
    allowed = {run for code in read_intent(text, keyword).codes for run in runs(code)}
    assert runs(reply["text"]) <= allowed | runs(SETTINGS.example_code) | runs(LOCAL_EXAMPLE)
    _forget(one_house)


def _forget(house: House) -> None:
    """Keep the books short, so that reading them back stays quick."""
    with house.runtime.engine.begin() as connection:
        connection.execute(outbox.delete())
        connection.execute(update(inbox).values(due_at=None))
