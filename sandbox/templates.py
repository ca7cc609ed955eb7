"""The OA's approved template messages, for sends by UID and by phone (manual 3.2, 5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.clock import LOCAL

Refusal = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Param:
    """One registered parameter and how long its value may be (manual 5.3)."""

    name: str
    max_length: int
    kind: str = "STRING"
    required: bool = True


@dataclass(frozen=True, slots=True)
class Template:
    """One template as the ZBS console lists it."""

    id: str
    name: str
    text: str
    params: tuple[Param, ...]
    status: str = "ENABLE"
    tag: str = "TRANSACTION"
    created_at: str = "2026-01-15T09:00:00+07:00"
    price_phone: int = 120
    price_uid: int = 60
    by_uid: bool = True
    title: str = "Thông báo về hồ sơ"
    rows: tuple[tuple[str, str], ...] = ()  # the table: label, text with parameters


_CODE = Param("ma_ho_so", 30)
_AGENCY = Param("co_quan", 200)
_DUE = Param("ngay_hen", 20, "DATE")
_TABLE = (("Mã hồ sơ", "<ma_ho_so>"), ("Nơi giải quyết", "<co_quan>"))
_TABLE_DUE = (*_TABLE, ("Ngày hẹn trả", "<ngay_hen>"))
_HEAD = "TB: Hồ sơ của quý ông/bà (MS: <ma_ho_so>)"
_READY = (
    "TB: Hồ sơ của quý ông/bà (MS: <ma_ho_so>) đã được giải quyết xong. "
    "Mời ông/bà đến Bộ phận Một cửa <co_quan> để nhận kết quả"
)


def _notice(number: str, name: str, text: str) -> Template:
    """One of the events whose template differs from the others by a sentence only."""
    return Template(
        number, name, f"{_HEAD} {text}", (_CODE, _AGENCY), title=f"Hồ sơ: {name}", rows=_TABLE
    )


TEMPLATES = {
    one.id: one
    for one in (
        Template(
            "412233",
            "Có kết quả",
            _READY,
            (_CODE, _AGENCY),
            title="Hồ sơ đã có kết quả",
            rows=_TABLE,
        ),
        Template(
            "412234",
            "Yêu cầu bổ sung",
            "TB: Hồ sơ của quý ông/bà (MS: <ma_ho_so>) cần bổ sung theo quy định. "
            "Mời ông/bà đến Bộ phận Một cửa <co_quan> để nhận thông báo",
            (_CODE, _AGENCY),
            title="Hồ sơ cần bổ sung",
            rows=_TABLE,
        ),
        Template(
            "412235",
            "Xin lỗi trễ hẹn",
            "TB: Hồ sơ của quý ông/bà (MS: <ma_ho_so>) chưa có kết quả vào ngày <ngay_hen>. "
            "Ông/bà có thể đến Bộ phận Một cửa <co_quan> nhận Thông báo xin lỗi, hẹn lại thời "
            "gian trả kết quả hoặc đến nhận kết quả khi có tin nhắn tiếp theo",
            (_CODE, _AGENCY, _DUE),
            title="Xin lỗi vì trễ hẹn",
            rows=_TABLE_DUE,
        ),
        Template(
            "412236",
            "Đã tiếp nhận",
            "TB: Hồ sơ của quý ông/bà (MS: <ma_ho_so>) đã được tiếp nhận tại Bộ phận Một cửa "
            "<co_quan>. Ngày hẹn trả kết quả: <ngay_hen>",
            (_CODE, _AGENCY, Param("ngay_hen", 20, "DATE", required=False)),
            title="Hồ sơ đã được tiếp nhận",
            rows=_TABLE_DUE,
        ),
        Template(
            "412237",
            "Chuyển bước",
            "Hồ sơ của quý Ông/Bà (<ma_ho_so>) hiện đang ở bước <buoc>, "
            "trạng thái hồ sơ: <trang_thai>.",
            (_CODE, Param("buoc", 200), Param("trang_thai", 30)),
            title="Hồ sơ chuyển bước",
            rows=(
                ("Mã hồ sơ", "<ma_ho_so>"),
                ("Bước hiện tại", "<buoc>"),
                ("Trạng thái", "<trang_thai>"),
            ),
        ),
        _notice(
            "412240",
            "Nghĩa vụ tài chính",
            "cần thực hiện nghĩa vụ tài chính. Mời ông/bà liên hệ Bộ phận Một cửa <co_quan>",
        ),
        _notice(
            "412241",
            "Không tiếp nhận",
            "không được tiếp nhận. Mời ông/bà đến Bộ phận Một cửa <co_quan> để nhận thông báo",
        ),
        _notice(
            "412242",
            "Dừng giải quyết",
            "đã dừng giải quyết. Mời ông/bà liên hệ Bộ phận Một cửa <co_quan>",
        ),
        _notice(
            "412243",
            "Rút hồ sơ",
            "đã được ghi nhận yêu cầu rút hồ sơ. Nếu ông/bà không yêu cầu rút hoặc cần hỏi thêm, "
            "mời liên hệ Bộ phận Một cửa <co_quan>",
        ),
        _notice(
            "412244",
            "Đã trả kết quả",
            "đã được trả kết quả. Bộ phận Một cửa <co_quan> cảm ơn ông/bà. Nếu chưa nhận được kết "
            "quả, mời ông/bà liên hệ lại Bộ phận Một cửa",
        ),
        _notice(
            "412245",
            "Đính chính",
            "chưa có kết quả, tin nhắn trước báo có kết quả là chưa đúng. Bộ phận Một cửa "
            "<co_quan> xin lỗi ông/bà. Xin ông/bà chưa đến nhận, vui lòng chờ tin nhắn tiếp theo",
        ),
        Template(
            "412246",
            "Kết quả qua bưu điện",
            "TB: Hồ sơ của quý ông/bà (MS: <ma_ho_so>) đã được giải quyết xong. Bưu điện sẽ trả "
            "kết quả đến địa chỉ ông/bà đã đăng ký",
            (_CODE,),
            title="Kết quả đi qua bưu điện",
        ),
        Template(
            "412247",
            "Bưu điện chuyển hoàn",
            "TB: Bưu điện đã chuyển hoàn kết quả hồ sơ của quý ông/bà (MS: <ma_ho_so>). Mời ông/bà "
            "đến Bộ phận Một cửa <co_quan> để nhận",
            (_CODE, _AGENCY),
            title="Bưu điện đã chuyển hoàn kết quả",
        ),
        Template(
            "412250",
            "Bản tin",
            "<noi_dung> Xem thêm: <lien_ket>",
            (Param("tieu_de", 200), Param("noi_dung", 200), Param("lien_ket", 200, required=False)),
            tag="CUSTOMER_CARE",
            title="Bản tin của trang",
            rows=(("Nội dung", "<tieu_de>"),),
        ),
        Template(
            "412238",
            "Mã xác nhận",
            "Mã xác nhận của quý ông/bà là <otp>. Hết hạn sau 10 phút.",
            (Param("otp", 10),),
            tag="OTP",
            price_phone=300,
            by_uid=False,
            title="Mã xác nhận",
        ),
        Template(
            "398001",
            "Có kết quả (bản cũ)",
            _READY,
            (_CODE, _AGENCY),
            created_at="2025-06-02T09:00:00+07:00",
            by_uid=False,
        ),
        Template(
            "412299",
            "Khảo sát hài lòng",
            "Mời quý ông/bà đánh giá việc giải quyết hồ sơ <ma_ho_so>.",
            (_CODE,),
            status="PENDING_REVIEW",
        ),
    )
}


def rendered(template: Template, data: dict[str, Any]) -> str:
    """The paragraph a citizen reads."""
    return _filled(template, template.text, data)


def card_of(template: Template, data: dict[str, Any]) -> dict[str, Any]:
    """How Zalo lays the message out: a title, and a table without its empty rows."""
    rows = [(label, _filled(template, text, data)) for label, text in template.rows]
    shown = [{"label": label, "value": value} for label, value in rows if value]
    return {"title": template.title, "rows": shown}


def _filled(template: Template, text: str, data: dict[str, Any]) -> str:
    for param in template.params:
        text = text.replace(f"<{param.name}>", str(data.get(param.name, "")))
    return text


def created_ms(template: Template) -> int:
    """When the template was made, in epoch milliseconds."""
    return int(datetime.fromisoformat(template.created_at).astimezone(LOCAL).timestamp() * 1000)


def data_fault(template: Template, data: Any) -> tuple[str, str] | None:
    """What is wrong with `template_data`: (`missing`, `type` or `long`, parameter's name)."""
    if not isinstance(data, dict):
        return "missing", "template_data"
    for param in template.params:
        value = data.get(param.name)
        if value is None or value == "":
            if param.required:
                return "missing", param.name
            continue
        if not isinstance(value, str):
            return "type", param.name
        if len(value) > param.max_length:
            return "long", param.name
    return None


def uid_refusal(template: Template, data: Any) -> Refusal | None:
    """Why a template cannot go to a UID: -249 by its kind, -201 or -210 by its data."""
    if not template.by_uid or template.status != "ENABLE":
        return -249, "Template can not be sent by UID"
    fault = data_fault(template, data)
    if fault is None:
        return None
    kind, name = fault
    return (-210 if kind == "long" else -201), f"template_data.{name} is invalid"


def phone_refusal(template: Template, data: Any) -> Refusal | None:
    """Why a template cannot go to a phone: -131 not approved, -1122, -112, -1121 by its data."""
    if template.status != "ENABLE":
        return -131, "Template is not approved"
    fault = data_fault(template, data)
    if fault is None:
        return None
    kind, name = fault
    code = {"missing": -1122, "type": -112, "long": -1121}[kind]
    return code, f"Template data {name} is {'missing' if kind == 'missing' else 'invalid'}"
