"""The national format at the door: the form of a call, and the answer in the format's own way."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from bot.core.national_documents import MOST_ROWS, ODD_ROW
from bot.core.national_form import Service
from bot.core.snapshot import Cause, Outcome, Refusal
from bot.national import NationalCall, Verdict
from webhooks.feed_body import MOST_FAULTS, check_number, parsed
from webhooks.feed_refusal import Fault, form_refused
from webhooks.feed_types import came

NATIONAL_PATH = "/feeds/dvcqg"
TAKEN, PARTLY = "00", "01"
MOST_UNIT = 200
_UPDATING = (None, True, False, "True", "False", "true", "false", "", 0, 1, "0", "1")
_SERVICES = " or ".join(Service)

# The answer is read by the people who look after the sending software.
CAUSES: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.AGENCY_UNKNOWN: "không nhận ra đơn vị trong DonViXuLy và madonvi",
        Cause.AGENCY_NOT_COVERED: "khóa gửi không được gửi cho đơn vị này",
        Cause.AHEAD: "thời điểm ở quá 24 giờ trong tương lai, cần xem lại đồng hồ máy gửi",
        Cause.CODE: "MaHoSo không đọc được thành một mã hồ sơ",
        Cause.LOCAL_CODE: "SoBienNhan quá dài",
        Cause.FOREIGN: "hồ sơ thuộc đơn vị mà khóa gửi không được gửi cho",
        Cause.CODE_TAKEN: "MaHoSo đang là SoBienNhan của hồ sơ khác",
        Cause.LOCAL_CODE_TAKEN: "SoBienNhan đã thuộc hồ sơ khác",
        Cause.MISSING: "thiếu",
        Cause.DATE: "ngày giờ không đúng dạng yyyyMMddHHmmss",
        Cause.STATUS: "trạng thái phải là số từ 1 đến 10",
        Cause.VALUE: "giá trị không đọc được",
        Cause.DOSSIER_UNKNOWN: "chưa có hồ sơ này, cần gửi DongBoHoSoMC trước",
    }
)
WARNINGS: Mapping[str, str] = MappingProxyType(
    {
        "phone.missing": "thiếu số điện thoại",
        "phone.invalid": "số điện thoại không đúng",
        "phone.landline": "số điện thoại cố định không nhận được tin nhắn",
        "phone.doubtful": "số điện thoại có thể là số cố định cũ, cần xem lại",
        "phone.undeliverable": "tin nhắn không đến được số điện thoại này, cần xin số khác",
    }
)
# What of a row of papers or results was left out; the rest of the record is taken.
ODD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "list": "không phải danh sách",
        "many": f"quá {MOST_ROWS} dòng, phần sau không được nhận",
        "blank": "không có mã, tên hay đường dẫn nào, không được nhận",
        "date": "ngày không đọc được",
        "value": "giá trị không đọc được",
        "long": "quá dài, không được nhận",
    }
)
_NAMED = {Cause.MISSING, Cause.DATE, Cause.STATUS, Cause.VALUE}  # with the fields at fault


def read_call(body: bytes) -> NationalCall:
    """What is asked for, when the form of the call is right; records are judged one by one.

    Errors: Refused, 400 naming the faults, 413 for too many records.
    Source: interfaces 3 ("A body not of this form: 400 as in section 4").
    """
    told = parsed(body)
    if not isinstance(told, dict):
        raise form_refused(
            Fault(
                f"the body is {came(told)}, expected an object: "
                '{"madonvi": "…", "service": "…", "isUpdating": "True", "data": […]}'
            )
        )
    faults = list(_faults(told))
    if faults:
        raise form_refused(*faults[:MOST_FAULTS], more=len(faults) > MOST_FAULTS)
    records = told["data"]
    check_number(records)
    return NationalCall(told["madonvi"].strip(), Service(told["service"]), records)


def _faults(told: Mapping[str, Any]) -> Iterator[Fault]:
    unit, service, updating = told.get("madonvi"), told.get("service"), told.get("isUpdating")
    if not isinstance(unit, str) or not unit.strip() or len(unit) > MOST_UNIT:
        yield _fault(told, "madonvi", "the code of the sending unit, a text")
    if service not in tuple(Service):
        yield _fault(told, "service", _SERVICES)
    if isinstance(updating, list | dict) or updating not in _UPDATING:
        yield _fault(told, "isUpdating", '"True" or "False"')
    records = told.get("data")
    if not isinstance(records, list):
        yield _fault(told, "data", "a list of records")
        return
    for index, record in enumerate(records):
        if not isinstance(record, dict):
            yield Fault(f"came {came(record)}, expected an object, one record", index, "data")


def _fault(told: Mapping[str, Any], name: str, expected: str) -> Fault:
    what = f"came {came(told[name])}" if name in told else "is missing"
    return Fault(f"{what}, expected {expected}", field=name)


def national_answer(service: Service, verdicts: Sequence[Verdict]) -> dict[str, str]:
    """The answer: "00" when all was taken, else "01"; the message names each refused MaHoSo.

    Source: interfaces 3; domain-facts 3.4 (the exchange's answers).
    """
    refused = [one for one in verdicts if one.refusal is not None]
    what = "hồ sơ" if service is Service.DOSSIERS else "bản ghi tiến độ"
    parts = [f"Đã nhận {len(verdicts) - len(refused)}/{len(verdicts)} {what}."]
    if refused:
        why = "; ".join(f"{one.code}: {_why(one.refusal)}" for one in refused if one.refusal)
        parts.append(f"Không nhận: {why}.")
    warned = [text for one in verdicts if (text := _warning(one))]
    if warned:
        parts.append(f"Lưu ý: {'; '.join(warned)}.")
    return {"error_code": PARTLY if refused else TAKEN, "message": " ".join(parts)}


def _why(refusal: Refusal) -> str:
    words = CAUSES[refusal.cause]
    named = ", ".join(refusal.fields)
    if refusal.cause not in _NAMED or not named:
        return words
    return f"{words} {named}" if refusal.cause is Cause.MISSING else f"{named}: {words}"


def _warning(verdict: Verdict) -> str | None:
    if verdict.outcome is Outcome.REFUSED:
        return None
    words = [WARNINGS[one] for one in verdict.warnings if one in WARNINGS]
    words += [_odd(one) for one in verdict.warnings if one.startswith(f"{ODD_ROW}:")]
    return f"{verdict.code}: {', '.join(words)}" if words else None


def _odd(warning: str) -> str:
    """A row or field of papers and results that was not taken, such as "TaiLieuNop dòng 3"."""
    _, name, row, field, why = warning.split(":", 4)
    place = " ".join(one for one in (name, f"dòng {row}" if row else "", field) if one)
    return f"{place}: {ODD_WORDS[why]}"
