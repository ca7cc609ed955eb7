"""Electronic papers and results that a feed tells of a dossier, for tests."""

from datetime import date
from typing import Any

from bot.core.document import Document, Kind, ToldDocuments

OWNER = "079090001234"
NUMBER = f"{OWNER}.KQ.G15.000031"
SYMBOL = "125/QĐ-UBND"


def result(**facts: Any) -> Document:
    """A result that is in force for ever, with all its facts; `facts` by field name."""
    given: dict[str, Any] = {
        "name": "Giấy chứng nhận đăng ký hộ kinh doanh",
        "type_code": "KQ.G15.000031",
        "owner_identifier": OWNER,
        "summary": "Cấp lần đầu",
        "symbol": SYMBOL,
        "issued_on": date(2026, 11, 24),
        "issuer": "UBND phường Mẫu",
        "valid_forever": True,
        "digitised": True,
        "source_ref": "k-1",
    }
    return Document(Kind.RESULT, **{**given, **facts})


def paper(ref: str = "t-1", **facts: Any) -> Document:
    """A paper that was handed in; `facts` by field name."""
    return Document(Kind.PAPER, name="Căn cước", source_ref=ref, **facts)


def told(*documents: Document) -> ToldDocuments:
    """What a record of the feed tells: these, and no others."""
    return ToldDocuments(documents, whole=True)
