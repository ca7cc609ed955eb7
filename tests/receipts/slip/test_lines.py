"""Breaking a form's lines: words, bold stretches, blanks with dots, words longer than a line."""

import pytest

from receipts.slip.faces import SERIF, SERIF_BOLD, width_of
from receipts.slip.lines import BLANK, Piece, Stretch, broken, filled

SIZE = 10.0


def told(lines: list[list[Piece]]) -> list[str]:
    """The lines as text."""
    return ["".join(piece.text for piece in line) for line in lines]


def set_in(text: str, room: float) -> list[list[Piece]]:
    return broken([Stretch(text, SERIF)], SIZE, room)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("một", ["một"]),
        ("một hai ba", ["một hai", "ba"]),
        ("một hai ", ["một hai"]),
        ("một " * 4, ["một một", "một một"]),
    ],
)
def test_a_text_is_broken_between_words(text: str, lines: list[str]) -> None:
    assert told(set_in(text, 34.0)) == lines


@pytest.mark.parametrize("room", [5.0, 20.0, 50.0, 200.0])
def test_no_line_is_wider_than_its_room(room: float) -> None:
    text = "Nguyễn-Thị-Phương-Thảo-không-có-chỗ-ngắt và một.dia.chi.rat.dai@example.vn"
    lines = set_in(text, room)
    assert all(
        line[-1].x + line[-1].width <= room + 0.01 for line in lines if len(line[-1].text) > 1
    )
    assert "".join(told(lines)).replace(" ", "") == text.replace(" ", "")


def test_a_value_in_bold_stays_glued_to_what_follows_it() -> None:
    line = filled("mã số: **{code}**.", {"code": "H46"}, SERIF)
    assert [(piece.text, piece.face) for piece in broken(line, SIZE, 500)[0]] == [
        ("mã số: ", SERIF),
        ("H46", SERIF_BOLD),
        (".", SERIF),
    ]
    assert told(broken(line, SIZE, 40)) == ["mã số:", "H46."]


def test_pieces_stand_where_their_words_end() -> None:
    line = broken(
        filled("của **{who}** {how}", {"who": "Thảo", "how": "(trực tiếp)"}, SERIF), 10, 500
    )
    assert line[0][1].x == pytest.approx(width_of("của ", SERIF, 10))
    assert line[0][2].x == pytest.approx(line[0][1].x + line[0][1].width)


def test_an_unknown_value_at_the_end_is_dots_to_the_edge() -> None:
    [line] = broken(filled("Địa chỉ: {address}", {"address": None}, SERIF), SIZE, 200.0)
    assert told([line])[0].startswith("Địa chỉ: .....")
    assert 196.0 < line[-1].x + line[-1].width <= 200.0


def test_an_unknown_value_within_a_line_leaves_room_for_a_pen() -> None:
    values = {"phone": None, "email": "a@b.vn"}
    [line] = broken(filled("Điện thoại: {phone} Email: {email}", values, SERIF), SIZE, 400.0)
    assert told([line]) == [f"Điện thoại: {'.' * 24} Email: a@b.vn"]


def test_a_value_cannot_pass_for_a_blank_or_for_bold() -> None:
    [stretch] = filled("{name}", {"name": f"**x**{BLANK}{{y}}"}, SERIF)
    assert stretch == Stretch("**x** {y}", SERIF)


def test_a_name_that_no_record_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        filled("{nothing}", {}, SERIF)
