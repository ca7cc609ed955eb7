"""What people write: receipt codes, phones, the province's own words, files that they hand in."""

import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.core.agency_csv import read_agencies
from bot.core.calendar_input import likely_year, read_notice
from bot.core.counter_csv import read_procedures
from bot.core.intent import read_intent
from bot.core.phone import read_phone
from bot.core.post_items_csv import read_items
from bot.core.sms_bill import read_bill
from bot.phone_list import PhoneList, read_phone_list
from bot.read_texts import Reader
from bot.texts.changed import broken
from bot.texts.uses import load_uses
from bot.texts.writing import composed
from console.agency_words import said
from receipts.clean import clean, fold
from receipts.code import find_codes, read_one
from receipts.scanned import codes_in
from receipts.slip.from_json import records_of
from tests.fuzz.target import Promise, Target
from tests.fuzz.test_texts import PIECES
from tests.make import make_runtime
from tests.rig.tree import CHECKOUT

LISTED = b"so dien thoai;ten\n0905123456;A\n84912000001;B\n"
OLD_MAC = LISTED.replace(b"\n", b"\r")
BILL = "Request ID;Số điện thoại;Ngày gửi;Số MT;Thành tiền\na1;0905123456;25/11/2026;1;450\n"
AGENCIES = (
    "ma,ten,ten_ngan,cap_tren,tu_ngay,den_ngay,noi_tiep,dia_chi,gio_tiep_dan,dien_thoai,dau_ma\n"
    "H56.16,UBND phường A,P.A,H56,01/07/2025,,,1 Trần Phú,7:30-11:30,02583123456,H56.16\n"
)
PARCELS = (
    "OrderNumber;ItemCode;StatusMessage\nH56.14-240823-0001;RR123456785VN;Đã phát\n"
    "H56.14-240823-0002;;\n"
)
NOTICES = (
    "Nghỉ Tết từ 14/02/2026 đến hết ngày 22/02/2026, làm bù ngày 28/02/2026 (thứ Bảy).",
    "ngày,loại,ghi chú\n16/02/2026,nghỉ,Tết\n28/02/2026,làm bù,\n",
    '[2026]\nstatus = "confirmed"\nsource = "x"\noff = [2026-02-16]\nworked = [2026-02-28]\n',
)
SLIP = b'{"code":"H56.14-240823-0001","agency":"UBND","link":"https://a.vn/t/x","form":"receipt"}'
CELLS = (";", ",", "\t", '"', '""', "\r", "\n", "\ufeff", "01/07/2025", "có", "không", "H56.14")


def _text(data: bytes) -> str:
    """As a form's field or a message arrives: any text, without halves of characters."""
    return data.decode("utf-8", "replace")


def _reads_codes(_folder: Path) -> Promise:
    def promise(data: bytes) -> None:
        text = _text(data)
        assert clean(clean(text)) == clean(text)
        for code in find_codes(text):
            assert read_one(code.canonical) == code.canonical
        one = read_one(text)
        assert one is None or read_one(one) == one
        asked = read_intent(text, "MCKH")
        assert len(set(asked.codes)) == len(asked.codes)
        codes_in([text, fold(clean(text))])

    return promise


def _reads_phones(folder: Path) -> Promise:
    runtime = make_runtime(f"sqlite:///{folder / 'bot.db'}")

    def promise(data: bytes) -> None:
        reading = read_phone(_text(data))
        if reading.phone is not None:
            assert read_phone(reading.phone.e164).phone == reading.phone
            assert reading.phone.e164.startswith("+84")
        listed = read_phone_list(runtime, data)
        assert isinstance(listed, PhoneList) or listed.strip()

    return promise


def _writes_texts(folder: Path) -> Promise:
    """The first byte chooses the text of the catalogue that is written anew."""
    runtime = make_runtime(f"sqlite:///{folder / 'bot.db'}")
    reader = Reader(runtime)
    keys = sorted(key for key, use in load_uses().by_key.items() if use.open)

    def promise(data: bytes) -> None:
        key = keys[(data[:1] or b"0")[0] % len(keys)]
        words = composed(_text(data[1:]))
        assert composed(words) == words
        text = reader.shipped(key)
        assert text is not None
        writing = reader.writing(key, text, words)
        assert all(told.strip() for told in writing.warnings())
        looked = reader.looked(text, writing.use, words)
        assert unicodedata.is_normalized("NFC", looked.example)
        if not writing.faults():
            assert broken(words, text, writing.use) == ""

    return promise


def _wordings() -> Sequence[bytes]:
    return [
        "\x01Hồ sơ {code} đã có kết quả. Mời đến {agency}.".encode(),
        "\x05Xem https://example.vn/a, www.gov.vn và {example}".encode(),
        "\x09Mời nhắn {keyword} gửi {short_code} http://[::1".encode(),
    ]


def _uploads(read: Callable[[bytes], Sequence[str]]) -> Callable[[Path], Promise]:
    """A file that somebody hands in is read, or its faults are told in words."""

    def opened(_folder: Path) -> Promise:
        def promise(data: bytes) -> None:
            assert all(told.strip() for told in read(data))

        return promise

    return opened


def _agencies(data: bytes) -> Sequence[str]:
    found = read_agencies(data)
    assert found.rows or found.misfits
    return [said(one.misfit) if one.misfit else one.words for one in found.misfits]


def _procedures(data: bytes) -> Sequence[str]:
    found = read_procedures(data)
    assert bool(found.rules) != bool(found.faults)
    return [str(one) for one in found.faults]


def _bill(data: bytes) -> Sequence[str]:
    found = read_bill(data)
    assert bool(found.lines) != bool(found.faults)
    return found.faults


def _parcels(data: bytes) -> Sequence[str]:
    found = read_items(data)
    assert found.lines or found.faults
    return [str(one) for one in found.faults]


def _notice(data: bytes) -> Sequence[str]:
    text = _text(data)
    found = read_notice(text, likely_year(text) or 2026)
    assert found.told or found.fault
    return [str(one) for one in found.unread]


def _slips(data: bytes) -> Sequence[str]:
    try:
        return [type(one).__name__ for one in records_of(data)]
    except ValueError as fault:
        return [str(fault)]


def _file(name: str) -> bytes:
    return (CHECKOUT / name).read_bytes()


LONG_CELL = b'ma;ten\n"' + b"a" * 140_000 + b'";b\n'  # longer than the csv module takes

TARGETS = (
    Target("code", _reads_codes, lambda: [one.encode() for one in PIECES], PIECES, 2_000),
    Target(
        "phones",
        _reads_phones,
        lambda: [LISTED, OLD_MAC, b"+84 905 123 456 / 0258", LONG_CELL],
        CELLS,
    ),
    Target("wording", _writes_texts, _wordings, ("{code}", "{", "}", "https://", "javascript:")),
    Target("agencies", _uploads(_agencies), lambda: [AGENCIES.encode(), LONG_CELL], CELLS),
    Target(
        "procedures",
        _uploads(_procedures),
        lambda: [_file("docs/examples/thu-tuc.csv"), LONG_CELL],
        CELLS,
    ),
    Target("bill", _uploads(_bill), lambda: [BILL.encode(), LONG_CELL], CELLS),
    Target("parcels", _uploads(_parcels), lambda: [PARCELS.encode(), LONG_CELL], CELLS),
    Target(
        "calendar",
        _uploads(_notice),
        lambda: [*(one.encode() for one in NOTICES), _file("bot/data/calendar.toml")],
        (*CELLS, "nghỉ", "làm bù", "từ", "đến hết", "thứ Hai", "ngày 30 tháng 4", "2026-02-30"),
    ),
    Target("slips", _uploads(_slips), lambda: [SLIP, b"[]", b"[{}]"], ("form", "receipt", "null")),
)
