"""The sticky label of a dossier."""

import pytest

from receipts.slip.label import LabelSize, label_size, render_labels
from receipts.slip.records import Person
from tests.receipts.slip.printed import CODE, LINK, MM, Printed, make_slip

SHORT = "H46.16-261123-0007"


def test_a_label_says_code_name_and_dates_and_reads_back() -> None:
    page = Printed(render_labels([make_slip()]))
    assert page.size() == (80.0, 40.0)
    assert page.symbols(dpi=406) == {"qrcode": LINK, "code128": CODE}
    for line in (CODE, "Nguyễn Thị Phương Thảo", "Nhận: 23/11/2026", "Hẹn trả: 21/12/2026"):
        assert line in page.text()
    assert set(page.fonts().values()) == {True}
    assert page.overlaps(0) == []


def test_every_slip_has_its_own_label() -> None:
    page = Printed(render_labels([make_slip(), make_slip(code=SHORT, link=None, due_at=None)]))
    assert page.pages == 2
    assert page.symbols(1, dpi=406) == {"code128": SHORT}
    assert "Hẹn trả" not in page.text(1)


@pytest.mark.parametrize(
    ("size", "symbols"),
    [
        (LabelSize(100, 50), {"qrcode", "code128"}),
        (LabelSize(70, 40), {"qrcode"}),
        (LabelSize(60, 30), {"qrcode"}),
    ],
)
def test_bars_are_left_out_where_they_would_be_too_fine(size: LabelSize, symbols: set[str]) -> None:
    assert set(Printed(render_labels([make_slip()], size)).symbols(dpi=406)) == symbols


@pytest.mark.parametrize("size", [LabelSize(), LabelSize(70, 40), LabelSize(60, 30)])
def test_nothing_leaves_the_label(size: LabelSize) -> None:
    long = make_slip(submitter=Person("Công ty Trách nhiệm hữu hạn Thương mại " * 5))
    page = Printed(render_labels([long], size))
    for box in page.things(0):
        assert box.left >= 0.5 * MM
        assert box.top >= 0
        assert box.right <= size.width * MM - 0.5 * MM
        assert box.bottom <= size.height * MM
    assert page.overlaps(0) == []


@pytest.mark.parametrize("size", [LabelSize(20, 20), LabelSize(30, 20), LabelSize(40, 26)])
def test_a_label_without_room_is_refused(size: LabelSize) -> None:
    with pytest.raises(ValueError, match="label"):
        render_labels([make_slip()], size)


@pytest.mark.parametrize(("text", "size"), [("80x40", (80, 40)), ("100X50", (100, 50))])
def test_a_size_is_read(text: str, size: tuple[float, float]) -> None:
    assert label_size(text) == LabelSize(*size)


@pytest.mark.parametrize("text", ["", "80", "80x", "x", "80x40x2", "-1x5", "8.5x4", "²x³"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="WIDTHxHEIGHT"):
        label_size(text)


def test_no_slips_make_no_labels() -> None:
    with pytest.raises(ValueError, match="no slip"):
        render_labels([])
