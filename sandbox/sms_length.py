"""How many parts an SMS is billed as (3GPP TS 23.038, 23.040)."""

import unicodedata

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_ESCAPED = frozenset("\f^{}\\[~]|€")  # each is sent behind an escape, so it counts two


def parts_of(text: str) -> int:
    """The number of parts; a sign of two units is never cut in half. An empty text is one."""
    written = unicodedata.normalize("NFC", text)
    plain = all(sign in GSM_BASIC or sign in GSM_ESCAPED for sign in written)
    whole, each = (160, 153) if plain else (70, 67)
    wide = GSM_ESCAPED.__contains__ if plain else lambda sign: sign > "\uffff"
    lengths = [2 if wide(sign) else 1 for sign in written]
    if sum(lengths) <= whole:
        return 1
    parts, used = 1, 0
    for length in lengths:
        if used + length > each:
            parts, used = parts + 1, 0
        used += length
    return parts
