"""Reading holds for every text, not only for those we thought of."""

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.intent import read_intent
from receipts.clean import fold
from receipts.code import Style, after_keyword, clean, find_codes, read_one

WIDTHS = {Style.NATIONAL_A: 16, Style.NATIONAL_B: 12, Style.LOCAL: 10}


def _digits(low: int, high: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=low, max_size=high)


days = st.builds(
    "{:02d}{:02d}{:02d}".format, st.integers(0, 99), st.integers(1, 12), st.integers(1, 31)
)
provinces = st.builds(
    "{}{:02d}".format, st.sampled_from("ABCDEFGHKMNPQRSTUVXYZ"), st.integers(0, 99)
)
style_a = st.builds(
    "{}.{}.{}.{}-{}-{}".format,
    _digits(3, 3),
    _digits(2, 3),
    _digits(2, 3),
    provinces,
    days,
    _digits(4, 8),
)
style_b = st.builds(
    "{}{}-{}-{}".format,
    provinces,
    st.lists(_digits(1, 3).map(lambda group: "." + group), max_size=4).map("".join),
    days,
    _digits(4, 8),
)
national = st.one_of(style_a, style_b)
local = _digits(8, 8).map("01{}".format)  # no mobile begins with 01
anything = st.one_of(
    st.text(max_size=200),
    st.text("0123456789OoIl|H.-_/, \n?&=%@+():;|ạơMCKHmst\u0301\u200b", max_size=200),
)
before = st.sampled_from(["", "mã ", "Cho tôi hỏi hồ sơ ", "mã hồ sơ: ", "(", "#TRACUU ", "MCKH_"])
after = st.sampled_from(
    ["", "ạ", " nhé", ".", "?", ") cảm ơn", "\n", ", xong chưa", " giúp em với"]
)
joints = st.sampled_from(["-", " - ", "–", " — ", "_", "/", " "])
dots = st.sampled_from([".", ",", " ", ". ", "-"])


@given(anything)
@example("\ud800 0101701234")
@example("e" + "\u0301\u0323" * 3000)
@example("\ufdfa" * 3000)
def test_no_text_breaks_the_reader(text: str) -> None:
    assert len(clean(text)) <= 2_000
    assert len(fold(clean(text))) == len(clean(text))
    read_one(text)
    after_keyword(text, "MCKH")
    intent = read_intent(text)
    assert intent.codes == tuple(code.canonical for code in find_codes(text))


@given(anything)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(anything)
def test_a_code_read_reads_as_itself(text: str) -> None:
    for code in find_codes(text):
        assert read_one(code.canonical) == code.canonical
        keyed = "MCKH " + code.canonical
        assert find_codes(keyed) == (code,)


@given(anything)
def test_a_code_holds_no_digit_that_was_not_typed(text: str) -> None:
    typed = re.sub("[^0-9]", "", clean(text).translate(str.maketrans("OoIl|", "00111")))
    for code in find_codes(text) if "%" not in text else ():
        assert len(re.sub("[^0-9]", "", code.canonical)) >= WIDTHS[code.style]
        for run in re.findall("[0-9]+", code.canonical):
            assert run in typed


@given(national, before, after)
def test_a_national_code_is_found_in_any_sentence(code: str, head: str, tail: str) -> None:
    text = head + code + tail
    assert [found.canonical for found in find_codes(text)] == [code]
    assert read_one(text) == code


@given(national, joints, joints, dots, st.booleans(), st.booleans())
def test_slips_of_the_thumb_are_undone(
    code: str, first: str, second: str, dot: str, lower: bool, decomposed: bool
) -> None:
    agency, day, sequence = code.split("-")
    typed = agency.replace(".", dot) + first + day + second + sequence
    typed = typed.lower() if lower else typed
    text = f"Mã số {typed} ạ"
    text = unicodedata.normalize("NFD", text) if decomposed else text
    assert [found.canonical for found in find_codes(text)] == [code]


@given(style_a)
def test_style_a_without_its_head_is_never_a_code(code: str) -> None:
    rest = code
    while rest[0].isdigit():
        rest = rest[1:].lstrip(".")
        if rest[0].isdigit() and rest[1].isdigit():
            assert find_codes(rest) == ()


@given(local, before, after)
def test_a_local_code_is_found_in_any_sentence(code: str, head: str, tail: str) -> None:
    assert [found.canonical for found in find_codes(head + code + tail)] == [code]


@given(_digits(9, 9) | _digits(11, 12), st.sampled_from(["", "MCKH", "MCKH ", "mã hồ sơ "]))
def test_nine_eleven_or_twelve_digits_are_never_a_code(number: str, head: str) -> None:
    assert find_codes(head + number) == ()
    assert read_one(head + number) is None


@given(st.lists(national, min_size=1, max_size=6), st.sampled_from(["\n", ", ", "; ", " và "]))
def test_many_codes_keep_their_order(typed: list[str], joint: str) -> None:
    assert [found.canonical for found in find_codes(joint.join(typed))] == list(
        dict.fromkeys(typed)
    )


@given(anything)
def test_the_feed_and_the_chat_agree_on_national_codes(text: str) -> None:
    one = read_one(text)
    chat = {code.canonical for code in find_codes(text)}
    nationals = {c.canonical for c in find_codes(text) if c.style is not Style.LOCAL}
    if len(nationals) > 1:
        assert one is None
    if one is not None and not one.isdigit():
        assert chat == {one}
