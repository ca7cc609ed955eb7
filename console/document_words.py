"""Digitised papers and results in the words of the console."""

from collections.abc import Mapping

from bot.core.document import Kind, Source, Validity

KIND_WORDS: Mapping[Kind, str] = {Kind.PAPER: "Giấy tờ nộp", Kind.RESULT: "Kết quả"}
SOURCE_WORDS: Mapping[Source, str] = {
    Source.FEED: "phần mềm gửi đến",
    Source.COUNTER: "nhập tại quầy",
}
VALIDITY_WORDS: Mapping[Validity, str] = {
    Validity.IN_FORCE: "Còn hiệu lực",
    Validity.NOT_YET: "Chưa có hiệu lực",
    Validity.EXPIRED: "Hết hiệu lực",
    Validity.REVOKED: "Đã thu hồi",
    Validity.NO_TERM: "Chưa rõ thời hạn hiệu lực",
}
# What stands before each field of the form.
LABELS: Mapping[str, str] = {
    "name": "Tên giấy tờ",
    "type_code": "Mã loại giấy tờ",
    "owner_identifier": "Số định danh của chủ giấy tờ",
    "owner_name": "Họ tên chủ giấy tờ",
    "owner_birth_year": "Năm sinh",
    "owner_id_issued": "Ngày và nơi cấp giấy tờ tùy thân",
    "summary": "Trích yếu nội dung chính",
    "symbol": "Số, ký hiệu",
    "issued_on": "Ngày ban hành",
    "issuer": "Cơ quan ban hành",
    "signer": "Người ký",
    "valid_from": "Có hiệu lực từ ngày",
    "valid_until": "Có hiệu lực đến hết ngày",
    "valid_forever": "Không thời hạn",
    "scope": "Phạm vi có hiệu lực",
    "link": "Đường dẫn tải giấy tờ",
    "national_store_id": "Mã trong kho dữ liệu quốc gia",
    "digitised": "Đã số hóa",
    "reused": "Tái sử dụng từ hồ sơ, kho khác",
    "from_national_store": "Lấy từ kho dữ liệu quốc gia",
    "digitised_by": "Người số hóa",
    "replaces": "Mã kết quả được dùng thay giấy tờ",
    "revoked_on": "Ngày thu hồi",
}
