"""Stamped PDFs, as a reader and a scanner that are not ours see them."""

from io import BytesIO

import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from receipts.barcode import Symbology
from receipts.stamp.order import Corner, Order
from receipts.stamp.paper import stamp
from receipts.stamp.refusal import Refusal, StampRefused
from tests.receipts.stamp.papers import (
    CODE,
    CORPUS,
    OTHER,
    OWNER,
    broken_table,
    changed,
    difference,
    link_of,
    locked,
    paper,
    picture,
    scanned,
    signed,
    streams,
    symbols,
    text,
    with_content,
    with_page,
)

MOST_MM = (40, 42)  # of the upright stamp


@pytest.mark.parametrize("name", CORPUS)
def test_the_stamp_reads_and_everything_else_is_as_it_was(name: str) -> None:
    data = CORPUS[name]()
    stamped = stamp(data, Order(), link_of)
    assert stamped.code == CODE
    before, after = picture(data, dpi=150), picture(stamped.data, dpi=150)
    _, covered = difference(before, after)
    spread = int(covered.max()) - int(covered.min())
    assert spread < (90 if "scan" in name else 6), "the stamp lies over something"
    assert text(stamped.data).startswith(text(data).rstrip())
    assert set(streams(data)) <= set(streams(stamped.data))
    if "5 metres" not in name:  # where it is 30 pixels in 4000
        assert link_of(CODE) in symbols(after)


@pytest.mark.parametrize("name", CORPUS)
def test_a_stamped_paper_is_stamped_the_same_and_only_once(name: str) -> None:
    data = CORPUS[name]()
    stamped = stamp(data, Order(), link_of)
    assert stamp(data, Order(), link_of).data == stamped.data
    again = stamp(stamped.data, Order(), link_of)
    assert (again.already, again.code, again.data) == (True, CODE, stamped.data)


@pytest.mark.parametrize("name", ["A4", "turned 90", "content in parts", "inherits everything"])
def test_the_pages_own_content_stays_the_same_objects(name: str) -> None:
    data = CORPUS[name]()
    with (
        Pdf.open(BytesIO(data)) as old,
        Pdf.open(BytesIO(stamp(data, Order(), link_of).data)) as new,
    ):
        was = old.pages[0].obj.Contents
        parts = list(was) if isinstance(was, Array) else [was]
        kept = list(new.pages[0].obj.Contents)[1:-1]
        assert [one.read_raw_bytes() for one in kept] == [one.read_raw_bytes() for one in parts]
        assert [one.get(Name.Filter) for one in kept] == [one.get(Name.Filter) for one in parts]
        assert dict(new.docinfo.items()) == dict(old.docinfo.items())


def test_the_qr_is_at_least_20_mm_and_bears_caption_and_code() -> None:
    stamped = stamp(paper(), Order(), link_of)
    whole = picture(stamped.data, dpi=300)
    left, top, right, bottom = difference(picture(paper(), dpi=300), whole)[0]
    width, height = (right - left) / 300 * 25.4, (bottom - top) / 300 * 25.4
    assert 20 <= width <= MOST_MM[0]
    assert 20 <= height <= MOST_MM[1]
    told = " ".join(text(stamped.data).split())
    assert "Mã QR dùng để tra cứu tiến độ giải quyết hồ sơ qua Zalo" in told
    assert told.endswith(CODE)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("corner", list(Corner))
def test_a_corner_is_a_corner_of_the_page_as_it_is_seen(turn: int, corner: Corner) -> None:
    data = with_page(lines=2, Rotate=turn, CropBox=Array([20, 30, 580, 830]))
    before = picture(data)
    stamped = stamp(data, Order(place=corner, margin=10), link_of).data
    (left, top, right, bottom), _ = difference(before, picture(stamped))
    across = before.width - right if corner.right else left
    down = before.height - bottom if corner.bottom else top
    assert 9 <= across / 100 * 25.4 <= 18
    assert 9 <= down / 100 * 25.4 <= 18


def test_the_size_on_paper_counts_the_pages_own_units() -> None:
    small, large = with_page((297.64, 420.94), UserUnit=2), paper()
    one, two = (
        difference(picture(d), picture(stamp(d, Order(), link_of).data))[0] for d in (small, large)
    )
    assert (one[2] - one[0]) * 2 == pytest.approx(two[2] - two[0], abs=3)


def test_every_page_may_be_stamped_or_one_that_is_named() -> None:
    data = paper(pages=3)
    every = stamp(data, Order(page=None), link_of).data
    assert [symbols(picture(every, page)) for page in (1, 2, 3)] == [[link_of(CODE)]] * 3
    third = stamp(data, Order(page=3), link_of).data
    assert [symbols(picture(third, page)) for page in (1, 2, 3)] == [[], [], [link_of(CODE)]]
    whole = stamp(third, Order(page=None), link_of)
    assert symbols(picture(whole.data, 1)) == [link_of(CODE)]
    assert streams(whole.data).count(b"") == streams(third).count(b"")


def test_pages_that_share_their_resources_do_not_share_the_stamp() -> None:
    stamped = stamp(CORPUS["shares with another page"](), Order(), link_of).data
    assert symbols(picture(stamped, 1)) == [link_of(CODE)]
    assert symbols(picture(stamped, 2)) == []


def test_bars_stand_below_the_qr_where_they_are_wanted() -> None:
    for symbology in Symbology:
        stamped = stamp(paper(code=OTHER), Order(symbology=symbology), link_of).data
        assert symbols(picture(stamped, dpi=200)) == sorted([OTHER, link_of(OTHER)])


def test_a_stamp_is_replaced_when_that_is_asked_for() -> None:
    data = paper()
    first = stamp(data, Order(place=Corner.TOP_RIGHT), link_of).data
    second = stamp(first, Order(place=Corner.BOTTOM_LEFT, again=True), link_of)
    assert not second.already
    box, _ = difference(picture(data), picture(second.data))
    assert box[1] > picture(data).height / 2
    direct = stamp(data, Order(place=Corner.BOTTOM_LEFT), link_of).data
    assert streams(second.data) == streams(direct)


def test_a_stamp_of_another_dossier_is_named_and_replaced_only_on_request() -> None:
    stamped = stamp(paper(), Order(code=OTHER), link_of).data
    with pytest.raises(StampRefused, match=OTHER):
        stamp(stamped, Order(code=CODE), link_of)
    replaced = stamp(stamped, Order(code=CODE, again=True), link_of).data
    assert symbols(picture(replaced)) == [link_of(CODE)]


def test_an_archived_paper_still_says_what_it_is_and_gets_no_colour_of_a_screen() -> None:
    data = CORPUS["archived"]()
    with (
        Pdf.open(BytesIO(stamp(data, Order(), link_of).data)) as pdf,
        Pdf.open(BytesIO(data)) as old,
    ):
        assert pdf.Root.Metadata.read_bytes() == old.Root.Metadata.read_bytes()
        first, *_, last = pdf.pages[0].obj.Contents
        assert b" rg" not in first.read_bytes() + last.read_bytes()
        fonts = pdf.pages[0].obj.Resources.XObject["/XXMotcuaSlip"].Resources.Font
        assert all(Name.FontFile2 in one.FontDescriptor for one in fonts.values())


# Encrypted, signed, broken


def test_a_password_opens_a_paper_and_stays_on_it() -> None:
    stamped = stamp(locked("mo ra"), Order(password="mo ra"), link_of)
    with Pdf.open(BytesIO(stamped.data), password="mo ra") as pdf:
        assert pdf.is_encrypted
        assert not pdf.owner_password_matched
    with Pdf.open(BytesIO(stamped.data), password=OWNER) as pdf:
        assert pdf.owner_password_matched


def test_a_paper_that_opens_by_itself_but_is_encrypted_stays_so() -> None:
    stamped = stamp(locked(), Order(), link_of).data
    with Pdf.open(BytesIO(stamped)) as pdf:
        assert pdf.is_encrypted
    assert symbols(picture(stamped)) == [link_of(CODE)]


def test_a_signature_is_broken_only_on_request() -> None:
    data = signed(paper())
    with pytest.raises(StampRefused, match="--break-signature"):
        stamp(data, Order(), link_of)
    stamped = stamp(data, Order(break_signature=True), link_of).data
    assert symbols(picture(stamped)) == [link_of(CODE)]


def test_a_damaged_paper_that_could_be_mended_says_so() -> None:
    assert stamp(broken_table(paper()), Order(), link_of).mended
    assert not stamp(paper(), Order(), link_of).mended


def _no_pages(pdf: Pdf) -> None:
    del pdf.pages[0]


@pytest.mark.parametrize(
    ("data", "order", "why"),
    [
        (b"", Order(), Refusal.EMPTY),
        (b"\x00" * 100, Order(), Refusal.EMPTY),
        (b"<html>khong phai</html>", Order(), Refusal.KIND),
        (b"%PDF-1.4\nnothing more", Order(), Refusal.BROKEN),
        (paper()[:300], Order(), Refusal.BROKEN),
        (changed(paper(), _no_pages), Order(), Refusal.NO_PAGES),
        (paper(), Order(page=2), Refusal.NO_SUCH_PAGE),
        (locked("mo ra"), Order(), Refusal.ENCRYPTED),
        (locked("mo ra"), Order(password="sai"), Refusal.WRONG_PASSWORD),
        (locked(may_change=False), Order(), Refusal.LOCKED),
        (signed(paper()), Order(), Refusal.SIGNED),
        (with_page(MediaBox=Array([0, 0, 5, 5])), Order(), Refusal.PAGE_SIZE),
        (paper(code=""), Order(), Refusal.NO_CODE),
        (paper(code=f"{CODE}, {OTHER}"), Order(), Refusal.SEVERAL_CODES),
    ],
)
def test_what_cannot_be_stamped_is_named(data: bytes, order: Order, why: Refusal) -> None:
    with pytest.raises(StampRefused) as refused:
        stamp(data, order, link_of)
    assert refused.value.why is why
    assert "{" not in str(refused.value) + refused.value.vietnamese


def test_a_locked_paper_is_stamped_with_its_owners_password() -> None:
    stamped = stamp(locked(may_change=False), Order(password=OWNER), link_of)
    assert symbols(picture(stamped.data)) == [link_of(CODE)]


def test_several_codes_are_all_named() -> None:
    with pytest.raises(StampRefused, match=f"{CODE}, {OTHER}"):
        stamp(paper(code=f"{CODE}, {OTHER}"), Order(), link_of)


def test_a_certified_paper_counts_as_signed() -> None:
    def certify(pdf: Pdf) -> None:
        pdf.Root.Perms = Dictionary(DocMDP=Dictionary(Type=Name.Sig))

    with pytest.raises(StampRefused) as refused:
        stamp(changed(paper(), certify), Order(), link_of)
    assert refused.value.why is Refusal.SIGNED


def test_a_scan_without_text_is_read_by_its_bars() -> None:
    assert stamp(scanned(), Order(), link_of).code == CODE


def test_hidden_text_of_a_scan_is_never_covered() -> None:
    data = scanned(hidden_text=True)
    for corner in Corner:
        box, _ = difference(picture(data), picture(stamp(data, Order(place=corner), link_of).data))
        top, bottom = (841.89 - 310) / 72 * 100, (841.89 - 298) / 72 * 100
        assert not (box[0] < 200 and box[1] < bottom and box[3] > top)


@pytest.mark.parametrize(
    "after",
    [
        "BI /W 90000 /H 90000 /BPC 8 /CS /G ID x",  # a picture that never ends
        "(a text that never ends",
    ],
)
def test_a_stamp_that_a_reader_would_not_show_is_not_written(after: str) -> None:
    with pytest.raises(StampRefused) as refused:
        stamp(with_content("", after), Order(), link_of)
    assert refused.value.why is Refusal.UNREADABLE
