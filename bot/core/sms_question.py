"""What a citizen's SMS to the short code asks for: the codes behind the keyword."""

from receipts.code import after_keyword, codes_of, prepared, scan_prepared


def codes_asked(text: str, keyword: str) -> tuple[str, ...]:
    """The receipt codes of an inbound SMS, canonical, in order of appearance, each once.

    Shape:  any str. The keyword must stand first, two neighbouring letters of it may be swapped;
            behind it ten digits are always a code, never a phone.
    Result: empty when the keyword or a code is missing: the sender is told how to write.
    Source: domain-facts 2.3, rule 8; interfaces 5.
    """
    rest = after_keyword(text, keyword)
    if not rest:
        return ()
    found = scan_prepared(prepared(f"{keyword} {rest}", keyword), always=True)
    return tuple(code.canonical for code in codes_of(found))
