"""Which desk a result is collected from, as the postal service is told."""

from collections.abc import Mapping, Sequence

from bot.core.agency import Agency
from bot.core.post_order import Sender
from bot.settings import Settings

DESK = "Bộ phận Tiếp nhận và Trả kết quả"
# What a desk must have said of itself, as staff and the command line call it.
NEEDS = {"address": "địa chỉ", "hotline": "số điện thoại"}


def sending_desk(agencies: Mapping[str, Agency], code: str) -> Agency | None:
    """The agency whose desk serves a dossier now; None for an agency that is not known."""
    agency = agencies.get(code)
    return agencies.get(agency.served_by or code, agency) if agency else None


def lacking(agency: Agency | None) -> Sequence[str]:
    """What a desk has not said and no order goes without, in Vietnamese; empty when all is said."""
    if agency is None:
        return ("cơ quan",)
    return [words for name, words in NEEDS.items() if not getattr(agency, name)]


def sender_of(settings: Settings, agencies: Mapping[str, Agency], code: str) -> Sender | None:
    """The sender of an agency's results; None while its desk has not said enough."""
    agency = sending_desk(agencies, code)
    if agency is None or lacking(agency):
        return None
    return Sender(
        name=f"{agency.desk_name or DESK} {agency.name}",
        address=agency.address or "",
        tel=agency.hotline or "",
        province=settings.post_province,
    )
