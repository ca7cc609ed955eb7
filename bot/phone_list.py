"""A file of phone numbers, read for an announcement by template."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.core.phone import Line, Phone, read_phone
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.vault import blind_index

MOST_PHONES = 20_000
MOST_FAULTS = 50
HEADS = ("so dien thoai", "số điện thoại", "sdt", "sđt", "phone", "dien thoai", "điện thoại")
WHY_NOT = {
    Line.MISSING: "trống",
    Line.LANDLINE: "số cố định, không nhận được tin Zalo",
}


@dataclass(frozen=True, slots=True, repr=False)
class PhoneList:
    """Numbers to be told, each once.

    Shape: `rows` are (blind index, sealed number); `digest` marks them all; `faults` are (line of
           the file, why it is left out); `repeats` counts numbers that stand there again.
    """

    rows: Sequence[tuple[bytes, bytes]]
    digest: str
    faults: Sequence[tuple[int, str]]
    repeats: int


def read_phone_list(runtime: Runtime, content: bytes) -> PhoneList | str:
    """Read a CSV file of numbers: the column that is headed so, else the first.

    Result: or, in words, why it cannot be read at all.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "Tệp không ở dạng CSV UTF-8. Trong Excel, mời chọn “CSV UTF-8” khi lưu."
    if "\x00" in text:
        return "Tệp không phải CSV. Trong Excel, mời chọn “CSV UTF-8” khi lưu."
    phones: dict[str, Phone] = {}
    faults: list[tuple[int, str]] = []
    repeats = 0
    try:
        cells = list(_cells(text))
    except csv.Error:
        return "Không đọc được tệp: dấu ngoặc kép chưa đóng. Mời mở bằng Excel và lưu lại dạng CSV."
    for line, typed in cells:
        reading = read_phone(typed)
        if reading.phone is None:
            if typed.strip():
                faults.append((line, WHY_NOT.get(reading.line, "không đọc được số di động")))
            continue
        repeats += reading.phone.e164 in phones
        phones[reading.phone.e164] = reading.phone
        if len(phones) > MOST_PHONES:
            return f"Tệp có hơn {MOST_PHONES} số. Mời chia thành nhiều thông báo."
    return _listed(runtime, phones, faults, repeats)


def _listed(
    runtime: Runtime, phones: dict[str, Phone], faults: list[tuple[int, str]], repeats: int
) -> PhoneList:
    key = index_key(runtime)
    rows = sorted(
        (blind_index(key, phone.e164), runtime.vault.seal(phone.e164)) for phone in phones.values()
    )
    digest = sha256(b"".join(index for index, _ in rows)).hexdigest()
    return PhoneList(rows, digest, faults[:MOST_FAULTS], repeats)


def _cells(text: str) -> Iterator[tuple[int, str]]:
    """The cells that hold numbers, with their lines."""
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    place = 0
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for number, row in enumerate(rows, start=1):
        if number == 1:
            heads = [cell.strip().lower() for cell in row]
            known = [at for at, head in enumerate(heads) if head in HEADS]
            if known:
                place = known[0]
                continue
        if len(row) > place:
            yield number, row[place]
