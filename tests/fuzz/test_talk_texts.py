"""Whatever a citizen types within a talk with a clerk: one reply, and it is lost to nobody."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.counter_tables import handover, handover_line
from bot.store.tables import inbox, outbox
from tests.conversation import CODE, House
from tests.fuzz.test_texts import typed
from tests.talks import make_clerk
from tests.zalo_calls import text_event

NEXT = count(1)
SAID = (
    "gặp cán bộ ", "kết thúc", "thôi", "thôi theo dõi", "hồ sơ của tôi", "#GAPCANBO ", "#KETTHUC",
    "cảm ơn cán bộ", "hồ sơ của em xong chưa ", "xóa thông tin", CODE, "0905123456", "123456",
)  # fmt: skip
within_talk = st.one_of(typed, st.lists(st.sampled_from(SAID), max_size=4).map(" ".join))


@pytest.fixture(scope="module")
def desk(one_house: House) -> House:
    """The house, with a clerk who answers for its agency."""
    make_clerk(one_house)
    return one_house


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(within_talk, min_size=1, max_size=3))
def test_any_text_within_a_talk_gets_one_reply(desk: House, texts: list[str]) -> None:
    number = next(NEXT)
    for place, text in enumerate([f"gặp cán bộ {CODE}", *texts]):
        [reply] = desk.hear(text_event(text, f"k{number}", msg_id=f"k{number}-{place}"))
        assert reply["text"].strip()
    with desk.runtime.engine.begin() as connection:
        for table in (outbox, handover_line, handover):
            connection.execute(table.delete())
        connection.execute(inbox.update().values(due_at=None))
