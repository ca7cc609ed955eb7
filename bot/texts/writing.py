"""What is told to whoever writes a text: faults that keep it from being saved, and warnings."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.core.sms_text import sms_parts, unaccented
from bot.texts.catalogue import Text, filled
from bot.texts.changed import named, odd_characters
from bot.texts.uses import Use

# Besides our own address: the state's sites, whose names only the state may hold, and Zalo.
TRUSTED = ("gov.vn", "zalo.me")
_END = ".,;:!?)]}\"'”’…"
_SCHEMES = r"(?:[a-z][a-z0-9+.\-]*://|(?:javascript|data|mailto|tel|sms|intent|market):)"
_ENDINGS = "vn|com|net|org|info|biz|me|ly|gl|io|cc|xyz|top|site|online|shop|club|link|app|asia"
_LINK = re.compile(
    rf"{_SCHEMES}\S+|\bwww\.\S+|(?<![\w@.\-])(?:[a-z0-9\-]+\.)+(?:{_ENDINGS})(?![\w\-])(?:/\S*)?",
    re.IGNORECASE,
)
_BRACED = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text gets at its longest: characters, and parts where it goes by SMS."""

    characters: int
    parts: int | None


@dataclass(frozen=True, slots=True)
class Writing:
    """Words as somebody writes them, for a text with this use.

    Shape: `longest` is what fills each placeholder at its longest; `public_url` our own address.
    """

    words: str
    text: Text
    use: Use
    longest: Mapping[str, str]
    public_url: str

    @property
    def length(self) -> Length:
        """How long it gets; placeholders that it should not name count as they stand."""
        return length(self.words, self.use, self.longest)

    def faults(self) -> list[str]:
        """What keeps it from being saved, in the order in which it is best mended."""
        return [fault for look in _FAULTS for fault in look(self)]

    def warnings(self) -> list[str]:
        """What may be meant so, and is asked about."""
        return [
            f"Liên kết {link} dẫn ra ngoài trang của cơ quan nhà nước và Zalo. Mời kiểm tra kỹ: "
            "người dân tin liên kết trong tin của trang."
            for link in _links(self.words)
            if not _trusted(link, self.public_url) and not _bad_scheme(link, self.public_url)
        ]


def composed(typed: str) -> str:
    """Typed words as they are kept: composed (NFC), line feeds, no blanks at the ends of lines."""
    plain = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    lines = unicodedata.normalize("NFC", plain).split("\n")
    return "\n".join(line.rstrip(" ") for line in lines).strip(" \n")


def length(words: str, use: Use, longest: Mapping[str, str]) -> Length:
    """How long words get, filled with the longest of everything."""
    values = {name: longest.get(name, f"{{{name}}}") for name in named(words)}
    whole = filled(words, values)
    if use.seen == ("sms",):
        plain = unaccented(whole)
        return Length(len(plain), sms_parts(plain) if plain else 0)
    return Length(len(whole), None)


def _of_words(one: Writing) -> Iterator[str]:
    if not one.words:
        yield "Chưa có câu chữ nào. Mời nhập, hoặc bấm “Về câu chữ gốc”."
    if odd := odd_characters(one.words):
        place = one.words.index(odd[0]) + 1
        yield (
            f"Có ký tự không nhìn thấy được (U+{ord(odd[0]):04X}) ở vị trí {place}. "
            "Mời xóa đoạn đó và gõ lại bằng tay."
        )
    if one.use.one_line and "\n" in one.words:
        yield "Câu này hiện trên một dòng nên không xuống dòng được. Mời nối lại thành một dòng."


def _of_placeholders(one: Writing) -> Iterator[str]:
    wanted = one.text.placeholders
    written = _BRACED.findall(one.words)
    for name in dict.fromkeys(written):
        if name not in wanted:
            near = difflib.get_close_matches(name.strip().lower(), wanted, 1, 0.5)
            meant = f" Có phải là {{{near[0]}}}?" if near else ""
            known = ", ".join(f"{{{each}}}" for each in sorted(wanted)) or "không có chỗ điền nào"
            yield f"Không có chỗ điền {{{name}}}.{meant} Câu này dùng: {known}."
    for name in sorted(wanted - set(written)):
        yield f"Thiếu chỗ điền {{{name}}}. Mời viết lại chỗ điền này, nguyên cả hai dấu ngoặc nhọn."
    rest = _BRACED.sub("", one.words)
    if "{" in rest or "}" in rest:
        yield "Có dấu { hoặc } lẻ. Chỗ điền viết đủ cả hai dấu, ví dụ {example}."


def _of_length(one: Writing) -> Iterator[str]:
    long = one.length
    if long.parts is not None and long.parts > 1:
        yield (
            f"Lúc dài nhất là {long.characters} ký tự không dấu, thành {long.parts} tin SMS. "
            f"Mời bớt để vừa một tin ({one.use.most} ký tự)."
        )
    elif long.characters > one.use.most:
        yield (
            f"Lúc dài nhất là {long.characters} ký tự, nhiều nhất {one.use.most}: mời bớt "
            f"{long.characters - one.use.most} ký tự."
        )


def _of_kept(one: Writing) -> Iterator[str]:
    for kept in one.use.keep:
        if kept not in one.words:
            yield f"Phải còn nguyên cụm “{kept}”, vì người dân cần biết điều đó để làm theo."


def _of_links(one: Writing) -> Iterator[str]:
    for link in _links(one.words):
        if _bad_scheme(link, one.public_url):
            yield f"Liên kết {link} không bắt đầu bằng https://. Mời dùng địa chỉ https."


_FAULTS: tuple[Callable[[Writing], Iterator[str]], ...] = (
    _of_words,
    _of_placeholders,
    _of_length,
    _of_kept,
    _of_links,
)


def _links(words: str) -> list[str]:
    return [found[0].rstrip(_END) for found in _LINK.finditer(words)]


def _is_ours(link: str, public_url: str) -> bool:
    return link == public_url or link.startswith(f"{public_url}/")


def _bad_scheme(link: str, public_url: str) -> bool:
    scheme = re.match(_SCHEMES, link, re.IGNORECASE)
    if scheme is None or scheme[0].lower() == "https://":
        return False
    return not _is_ours(link, public_url)


def _trusted(link: str, public_url: str) -> bool:
    try:
        host = urlsplit(link if "://" in link else f"https://{link}").hostname or ""
        own = urlsplit(public_url).hostname or ""
    except ValueError:
        return False
    ours = _is_ours(link, public_url) or host == own
    return ours or any(host == name or host.endswith(f".{name}") for name in TRUSTED)
