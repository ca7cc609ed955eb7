"""What an SMS is written and billed as: the unaccented form, the alphabet, the parts."""

import unicodedata

# The default alphabet, and what needs an escape in front of it, so that it counts two.
# Source: 3GPP TS 23.038, 6.2.1 and 6.2.1.1.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("\f^{}\\[~]|€")
_GSM7_ROOM = (160, 153)  # septets in the only part, in each of several
_UCS2_ROOM = (70, 67)  # UTF-16 units likewise

# What no decomposition turns into ASCII. The strokes of đ are part of the letter, and so are
# those of its look-alikes from other keyboards (eth, African d); a backtick is no GSM-7 sign.
_BY_HAND = {
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ɖ": "d", "Ɖ": "D", "₫": "d",
    "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "AE",
    "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th",
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "‹": "'", "›": "'", "´": "'", "`": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"', "¨": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "•": "-", "‣": "-", "▪": "-", "●": "-", "·": ".", "∙": ".", "…": "...",
    "⁄": "/", "∕": "/", "÷": "/", "×": "x", "°": "o", "±": "+/-", "≤": "<=", "≥": ">=",
    "→": "->", "←": "<-", "€": "EUR", "£": "GBP", "¥": "JPY", "©": "(c)", "®": "(r)",
    "§": "muc ", "\t": " ", "\u2028": "\n", "\u2029": "\n", "\x85": "\n",
}  # fmt: skip
_TABLE = str.maketrans(_BY_HAND)


def unaccented(text: str) -> str:
    """`text` in strict ASCII, as an SMS that must not cost the price of Unicode is written.

    Shape:  any str, composed or decomposed; every character of the result is in GSM-7, and what
            is in GSM-7 without diacritics stays as it is. Signs without a plain form (emoji,
            invisible ones, controls) are left out; a letter of another script becomes "?",
            a Vietnamese one never.
    Source: domain-facts 6.1 (GSM alphabet trap; đ does not decompose).
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_TABLE)
        text = unicodedata.normalize("NFKD", text)  # after the table: "´" would come apart first
    return "".join(map(_plain, text.translate(_TABLE)))


def _plain(char: str) -> str:
    if char.isascii():
        return char if char in _BASIC or char in _ESCAPED else ""
    kind = unicodedata.category(char)
    if kind[0] == "Z":
        return " "
    return "?" if kind[0] in "LN" else ""


def is_gsm7(text: str) -> bool:
    """Whether every character of the composed `text` is in the default alphabet or escaped."""
    return all(char in _BASIC or char in _ESCAPED for char in unicodedata.normalize("NFC", text))


def sms_parts(text: str) -> int:
    """How many SMS `text` is billed as.

    Units:  parts. GSM-7: 160 septets, or 153 in each of several; UCS-2: 70 or 67 UTF-16 units.
    Shape:  any str, composed (NFC) before it is counted; neither an escaped character nor one of
            two UTF-16 units is ever cut in half, so a part may stay one short.
    Errors: ValueError for an empty text.
    Source: 3GPP TS 23.038 (alphabets), TS 23.040 9.2.3.24.1 (concatenation).
    """
    text = unicodedata.normalize("NFC", text)
    if not text:
        raise ValueError("an SMS needs at least one character")
    gsm = is_gsm7(text)
    only, each = _GSM7_ROOM if gsm else _UCS2_ROOM
    widths = [_width(char, gsm) for char in text]
    if sum(widths) <= only:
        return 1
    parts, left = 1, each
    for width in widths:
        if width > left:
            parts, left = parts + 1, each
        left -= width
    return parts


def _width(char: str, gsm: bool) -> int:
    wide = char in _ESCAPED if gsm else char > "\uffff"
    return 2 if wide else 1
