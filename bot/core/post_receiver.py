"""Who gets a result by post: name, telephone and address, checked before the post is told."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.core.counter_faults import Faults
from bot.core.phone import Line, read_phone
from bot.core.provinces import PROVINCES, province_named
from receipts.clean import clean, fold

MOST_NAME, MOST_LINE, MOST_COMMUNE, MOST_EMAIL = 100, 200, 100, 100
_LINE_BREAKS = re.compile(r"\s*[\r\n]+\s*")
# What the names of communes and wards begin with, folded. Source: Law 72/2025/QH15, article 1.
_COMMUNE = re.compile(r"(?:xa|phuong|thi tran|dac khu)\s|(?:p|x|tt)\.")
_HOUSE = re.compile(r"[^\W\d_]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NO_NUMBER = frozenset({Line.MISSING, Line.INVALID})


@dataclass(frozen=True, slots=True, repr=False)
class Receiver:
    """Who gets a result by post; checked.

    Shape: `tel` in national form, a mobile or a landline; `line` is house, street, hamlet;
           `commune` with its word ("phường Lộc Thọ"); `province` as in bot.core.provinces.
    """

    name: str
    tel: str
    line: str
    commune: str
    province: str
    email: str = ""

    @property
    def address(self) -> str:
        """House and commune in one line, as the post is told; the province stands apart."""
        return f"{self.line}, {self.commune}"

    @property
    def whole_address(self) -> str:
        """The address as staff and its owner read it."""
        return f"{self.line}, {self.commune}, {self.province}"


@dataclass(frozen=True, slots=True, repr=False)
class ReceiverDraft:
    """A receiver as typed; every field may be anything."""

    name: str = ""
    tel: str = ""
    line: str = ""
    commune: str = ""
    province: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where somebody lives, read out of one line."""

    line: str
    commune: str
    province: str


def check_receiver(draft: ReceiverDraft) -> Receiver | Faults:
    """Check what was typed of a receiver; faults by field, in the order of the form.

    Shape: fields name, tel, line, commune, province, email.
    """
    typed = {name: _plain(value) for name, value in asdict(draft).items()}
    province = province_named(typed["province"])
    found = {
        "name": _name_fault(typed["name"]),
        "tel": _tel_fault(typed["tel"]),
        "line": _line_fault(typed["line"]),
        "commune": _commune_fault(typed["commune"]),
        "province": "" if province else _province_fault(typed["province"]),
        "email": _email_fault(typed["email"]),
    }
    faults = {name: words for name, words in found.items() if words}
    if faults or province is None:
        return Faults(faults)
    return Receiver(**{**typed, "tel": _tel(typed["tel"]), "province": province})


def read_address(text: str) -> Address | None:
    """Read an address written in one line; None when it does not surely read as one.

    Shape: parts between commas or semicolons, the province last and the commune or ward among
           those before it, by its word ("xã", "phường", "đặc khu", "P."); what stands between
           the two, a district of before 2025, goes into the line.
    """
    parts = [part for part in (_plain(one) for one in re.split(r"[,;\n]", text)) if part]
    if len(parts) > 1 and fold(parts[-1]) == "viet nam":
        parts.pop()
    province = province_named(parts[-1]) if parts else None
    if province is None:
        return None
    communes = [at for at, part in enumerate(parts[:-1]) if at and is_commune(part)]
    if not communes:
        return None
    place = communes[-1]
    line = ", ".join([*parts[:place], *parts[place + 1 : -1]])
    fits = len(line) <= MOST_LINE and len(parts[place]) <= MOST_COMMUNE
    return Address(line, parts[place], province) if fits and not _line_fault(line) else None


def is_commune(part: str) -> bool:
    """Whether a part of an address names a commune, a ward or a special zone."""
    folded = fold(part).lower()
    found = _COMMUNE.match(folded)
    return found is not None and len(folded) > found.end()


def receiver_text(receiver: Receiver) -> str:
    """One text of a receiver, to be sealed."""
    return json.dumps(asdict(receiver), ensure_ascii=False)


def read_receiver(text: str) -> Receiver:
    """What receiver_text() wrote."""
    plain: Mapping[str, str] = json.loads(text)
    return Receiver(**plain)


def province_choices() -> Sequence[str]:
    """The provinces of today, for a list to choose from."""
    return tuple(PROVINCES)


def _plain(value: str) -> str:
    return " ".join(clean(_LINE_BREAKS.sub(" ", value)).split()).strip(" ,;")


def _name_fault(name: str) -> str:
    if not name:
        return "Ghi họ tên người nhận như trên giấy tờ, bưu điện đối chiếu khi phát."
    if len(name) > MOST_NAME:
        return f"Họ tên có {len(name)} ký tự, tối đa {MOST_NAME}. Ghi gọn lại."
    if not _HOUSE.search(name):
        return f"“{name}” không có chữ cái nào. Ghi họ tên người nhận."
    return ""


def _tel_fault(tel: str) -> str:
    if not tel:
        return "Ghi số điện thoại người nhận, bưu tá gọi trước khi phát."
    if read_phone(tel).line in _NO_NUMBER:
        return (
            f"“{tel[:40]}” không phải số điện thoại Việt Nam. Ghi số di động 10 chữ số, hoặc số "
            "cố định kèm mã vùng, như 0258 3822 111."
        )
    return ""


def _line_fault(line: str) -> str:
    if not line:
        return "Ghi số nhà và đường, hoặc thôn, xóm, tổ dân phố."
    if len(line) > MOST_LINE:
        return f"Phần địa chỉ có {len(line)} ký tự, tối đa {MOST_LINE}. Ghi gọn lại."
    if len(line) < 3 or not _HOUSE.search(line):
        return f"“{line}” chưa đủ để bưu tá tìm. Ghi số nhà và đường, hoặc thôn, xóm, tổ dân phố."
    return ""


def _commune_fault(commune: str) -> str:
    if not commune:
        return "Ghi xã, phường hoặc đặc khu của người nhận, như phường Lộc Thọ."
    if len(commune) > MOST_COMMUNE:
        return f"Tên xã, phường có {len(commune)} ký tự, tối đa {MOST_COMMUNE}."
    if not _HOUSE.search(commune) and not is_commune(commune):
        return f"“{commune}” chưa rõ là xã hay phường nào. Ghi như phường Lộc Thọ, phường 1."
    return ""


def _province_fault(province: str) -> str:
    if not province:
        return "Chọn tỉnh, thành phố của người nhận."
    return f"“{province[:60]}” không phải tên tỉnh, thành phố. Chọn trong danh sách hiện nay."


def _email_fault(email: str) -> str:
    if email and (len(email) > MOST_EMAIL or not _EMAIL.fullmatch(email)):
        return f"“{email[:60]}” không phải địa chỉ email. Sửa lại, hoặc để trống."
    return ""


def _tel(typed: str) -> str:
    """The number as people dial it; read_phone has seen that it is one."""
    phone = read_phone(typed).phone
    if phone is not None:
        return phone.national
    digits = "".join(char for char in typed if char.isascii() and char.isdecimal())
    if digits.startswith("84") and len(digits) > 10:
        digits = digits[2:]
    return "0" + digits.lstrip("0")
