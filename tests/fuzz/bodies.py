"""Bodies that nobody in their senses sends: JSON of every shape, and bytes that are none."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.make import make_record
from tests.zalo_calls import SETTINGS, text_event

ODD = (
    "", " ", "\x00", "a\x00b", "\ud800", "١٢٣", "𝟙𝟚𝟛", "x" * 300, "-1", "1e999", "NaN", "null",
    "2026-13-45T99:99:99+99:99", "9" * 40, "H56.14-240823-0001", "'; DROP TABLE inbox; --",
)  # fmt: skip
texts = st.one_of(st.sampled_from(ODD), st.text(max_size=40))
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
anything = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
EVENTS = (
    "user_send_text", "user_send_image", "user_send_link", "user_send_sticker", "follow",
    "unfollow", "oa_send_text", "user_submit_info", "user_seen_message", "user_click_chatnow",
)  # fmt: skip
names = st.one_of(st.sampled_from(EVENTS), texts)
people = st.one_of(
    st.sampled_from([SETTINGS.zalo_oa_id, "7364519280461537702"]), st.integers(), texts, anything
)
messages = st.one_of(
    anything,
    st.fixed_dictionaries(
        {},
        optional={"text": st.one_of(texts, anything), "msg_id": anything, "attachments": anything},
    ),
)
stamps = st.one_of(st.sampled_from(["1795572000000", "0", "9999999999999", "١٢٣"]), texts)


def _overlaid(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in (base | over).items() if value is not ...}


events = st.builds(
    _overlaid,
    st.just(text_event("H56.14-240823-0001")),
    st.fixed_dictionaries(
        {"timestamp": stamps},
        optional={
            "event_name": names,
            "sender": st.one_of(anything, st.fixed_dictionaries({"id": people})),
            "recipient": st.one_of(anything, st.fixed_dictionaries({"id": people})),
            "follower": st.one_of(anything, st.fixed_dictionaries({"id": people})),
            "message": messages,
            "oa_id": people,
            "user_id": people,
            "msg_id": anything,
        },
    ),
)
records = st.builds(
    lambda changes: make_record(**changes),
    st.dictionaries(
        st.sampled_from([*make_record(), "notify", "needed", "local_code", "received_at", "other"]),
        st.one_of(anything, st.just(...)),
        max_size=4,
    ),
)
feeds = st.one_of(
    anything,
    st.fixed_dictionaries({"dossiers": st.one_of(anything, st.lists(records, max_size=3))}),
)


def encoded(value: Any) -> bytes:
    """JSON on the wire; lone surrogates as the escapes that smuggle them in."""
    return json.dumps(value).encode()
