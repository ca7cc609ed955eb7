"""The register of digitised papers and results as a sheet for export."""

from collections.abc import Iterable
from datetime import date

from bot.document_register import Registered
from bot.sheet import Cell, Sheet
from console.document_words import KIND_WORDS, SOURCE_WORDS, VALIDITY_WORDS

HEADS = (
    "Mã hồ sơ", "Mã cơ quan", "Mã thủ tục", "Thủ tục", "Là", "Nguồn", "Tên giấy tờ",
    "Mã loại giấy tờ", "Mã số giấy tờ", "Số định danh chủ giấy tờ", "Chủ giấy tờ", "Năm sinh",
    "Ngày và nơi cấp giấy tờ tùy thân", "Trích yếu", "Số, ký hiệu", "Ngày ban hành",
    "Cơ quan ban hành", "Người ký", "Có hiệu lực từ", "Có hiệu lực đến hết", "Không thời hạn",
    "Phạm vi", "Tình trạng", "Ngày thu hồi", "Đã số hóa", "Tái sử dụng", "Từ kho quốc gia",
    "Mã trong kho quốc gia", "Đường dẫn", "Còn thiếu",
)  # fmt: skip


def register_sheet(rows: Iterable[Registered]) -> Sheet:
    """One row a document, with all its facts."""
    return Sheet("Giấy tờ, kết quả", HEADS, (_cells(row) for row in rows))


def _cells(row: Registered) -> list[Cell]:
    shown, told = row.shown, row.shown.document
    return [
        row.dossier_code,
        row.agency_code,
        row.procedure_code,
        row.procedure_name,
        KIND_WORDS[told.kind],
        SOURCE_WORDS[told.source],
        told.name,
        told.type_code,
        told.number,
        told.owner_identifier,
        told.owner_name,
        told.owner_birth_year,
        told.owner_id_issued,
        told.summary,
        told.symbol,
        _day(told.issued_on),
        told.issuer,
        told.signer,
        _day(told.valid_from),
        _day(told.valid_until),
        _tick(told.valid_forever),
        told.scope,
        VALIDITY_WORDS[shown.validity],
        _day(told.revoked_on),
        _tick(told.digitised),
        _tick(told.reused),
        _tick(told.from_national_store),
        told.national_store_id,
        told.link,
        "; ".join(shown.lacks),
    ]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _tick(is_so: bool) -> str:
    return "x" if is_so else ""
