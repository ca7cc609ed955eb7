"""What an auditor of a level-3 system asks for, in one file; nobody's phone, name or secret.

Source: domain-facts 7.2 (TCVN 14423:2026, NĐ 331/2026, NĐ 333/2026).
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import Distribution, distributions

from bot.breach_pack import all_entries
from bot.core.staff import Deed
from bot.database import reading
from bot.doctor import examine
from bot.retention import load_retention
from bot.runtime import Runtime
from bot.settings import names, secret_names
from bot.sheet import Cell, Sheet, csv_lines
from bot.staff import list_accounts
from bot.status_form import status_form
from bot.store.audit import write_deed
from bot.store.audit_trail import Wanted
from bot.store.purge_runs import newest_lines
from bot.store.staff import as_words
from bot.store.timed_jobs import job_states
from bot.verify_audit import verify_audit
from bot.version import product_version
from bot.watch_house import watch_house

INDEX = "doc-truoc.txt"
HIDDEN = "(bí mật, đã đặt)"
YES_NO = {True: "có", False: "không"}


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of the pack, and what it answers, in Vietnamese."""

    name: str
    answers: str
    content: bytes


def audit_pack(runtime: Runtime, environ: Mapping[str, str], since: datetime) -> bytes:
    """Gather the pack, the audit trail from `since` on, as a ZIP.

    Shape: an index that names each file, the requirement it answers and its SHA-256. Phones,
           names of citizens and values of secrets are in none of them. The trail tells that a
           pack was made.
    """
    papers = list(_papers(runtime, environ, since))
    with runtime.engine.begin() as connection:
        detail: dict[str, str | int | bool | None] = {"since": since.isoformat()}
        write_deed(connection, None, runtime.now(), Deed("audit.packed", detail=detail))
    index = _index(runtime, papers, since).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for paper in (Paper(INDEX, "", index), *papers):
            file.writestr(paper.name, paper.content)
    return made.getvalue()


def _papers(runtime: Runtime, environ: Mapping[str, str], since: datetime) -> Iterator[Paper]:
    yield Paper(
        "tai-khoan.csv",
        "Tài khoản, vai trò, xác thực hai lớp, lần dùng cuối, lần rà soát cuối (rà soát 6 tháng, "
        "khóa sau 45 ngày không dùng)",
        _csv(_accounts(runtime)),
    )
    yield Paper(
        "nhat-ky-thao-tac.csv",
        "Nhật ký thao tác: giờ, tài khoản, địa chỉ nguồn, việc, đối tượng (giữ ít nhất 12 tháng)",
        _csv(_trail(runtime, since)),
    )
    yield Paper(
        "nhat-ky-nguyen-ven.json",
        "Nhật ký có bị sửa, xóa, chèn không (chuỗi băm, kiểm tra lúc lập hồ sơ này)",
        _json(_chain(runtime)),
    )
    yield Paper(
        "thiet-lap.csv",
        "Thiết lập đang dùng; khóa bí mật chỉ cho biết đã đặt hay chưa",
        _csv(_settings(runtime, environ)),
    )
    yield Paper(
        "kiem-tra.csv",
        "Kết quả tự kiểm tra (python -m bot doctor)",
        _csv(Sheet("doctor", ("Mức", "Mục", "Vì sao", "Cần làm"), _findings(environ))),
    )
    yield Paper(
        "van-hanh.json",
        "Tình trạng vận hành, báo động đang có (python -m bot status)",
        _json(status_form(watch_house(runtime))),
    )
    yield Paper(
        "viec-dinh-ky.csv",
        "Công việc tự động: lần chạy cuối, lần thành công cuối",
        _csv(_jobs(runtime)),
    )
    yield Paper(
        "han-luu.csv",
        "Hạn lưu từng loại dữ liệu, căn cứ, lần xóa gần nhất",
        _csv(_retention(runtime)),
    )
    yield Paper(
        "thu-vien.csv",
        "Thư viện đang cài và phiên bản (kiểm tra thư viện bên thứ ba)",
        _csv(Sheet("thu vien", ("Thư viện", "Phiên bản", "Giấy phép"), _libraries())),
    )


def _index(runtime: Runtime, papers: Sequence[Paper], since: datetime) -> str:
    zone = runtime.settings.zone
    lines = [
        "HỒ SƠ PHỤC VỤ KIỂM TRA AN TOÀN HỆ THỐNG THÔNG TIN CẤP ĐỘ 3",
        "",
        f"Lập lúc: {runtime.now().astimezone(zone):%d/%m/%Y %H:%M:%S}",
        f"Phiên bản phần mềm: {product_version()}",
        f"Nhật ký thao tác từ ngày: {since.astimezone(zone):%d/%m/%Y}",
        "",
        "Đối chiếu từng yêu cầu: docs/cap-do-3.vi.md. Không tệp nào có số điện thoại, họ tên",
        "người dân hay giá trị khóa bí mật. Tệp có tên đăng nhập và địa chỉ mạng của cán bộ: chỉ",
        "giao cho người kiểm tra.",
        "",
    ]
    for paper in papers:
        digest = hashlib.sha256(paper.content).hexdigest()
        lines += [paper.name, f"  {paper.answers}", f"  SHA-256 {digest}", ""]
    return "\n".join(lines)


def _accounts(runtime: Runtime) -> Sheet:
    heads = (
        "Tên đăng nhập", "Vai trò", "Cơ quan", "Đang mở", "Lý do khóa", "Xác thực hai lớp",
        "Lần dùng cuối", "Rà soát cuối", "Người rà soát", "Đến hạn rà soát",
    )  # fmt: skip
    rows = [
        (
            one.account.login,
            as_words(one.account.roles),
            one.account.agency_code,
            YES_NO[not one.closed],
            "45 ngày không dùng" if one.unused else "",
            YES_NO[one.factor],
            _minute(runtime, one.last_login_at),
            _minute(runtime, one.reviewed_at),
            one.reviewed_by,
            YES_NO[one.review_due],
        )
        for one in list_accounts(runtime, None)
    ]
    return Sheet("tai khoan", heads, rows)


def _trail(runtime: Runtime, since: datetime) -> Sheet:
    heads = (
        "Số", "Thời điểm", "Tài khoản", "Địa chỉ nguồn", "Việc", "Cơ quan", "Loại", "Đối tượng",
        "Chi tiết",
    )  # fmt: skip
    return Sheet("nhat ky", heads, _entries(runtime, since))


def _entries(runtime: Runtime, since: datetime) -> Iterator[Sequence[Cell]]:
    with reading(runtime.engine) as connection:
        for one in all_entries(connection, Wanted(agencies=None, since=since)):
            yield (
                one.id,
                _minute(runtime, one.at),
                one.login,
                one.address,
                one.action,
                one.agency_code,
                one.about,
                one.about_key,
                json.dumps(one.detail, ensure_ascii=False, sort_keys=True) if one.detail else "",
            )


def _chain(runtime: Runtime) -> dict[str, object]:
    found = verify_audit(runtime)
    return {
        "whole": not found.faults,
        "entries": found.entries,
        "waiting": found.waiting,
        "head": str(found.head),
        "faults": [str(one) for one in found.faults],
    }


def _settings(runtime: Runtime, environ: Mapping[str, str]) -> Sheet:
    hidden = set(secret_names())
    rows = []
    for name in names():
        value = getattr(runtime.settings, name.lower())
        told = HIDDEN if value and name in hidden else "" if value is None else str(value)
        given = bool(environ.get(name) or environ.get(f"{name}_FILE"))
        rows.append((name, told, YES_NO[given]))
    return Sheet("thiet lap", ("Tên", "Giá trị", "Đặt trong môi trường"), rows)


def _findings(environ: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    for one in examine(environ):
        yield one.level, one.what, one.why, one.do


def _jobs(runtime: Runtime) -> Sheet:
    with reading(runtime.engine) as connection:
        states = job_states(connection)
    rows = [
        (
            one.name,
            _minute(runtime, one.started_at),
            _minute(runtime, one.succeeded_at),
            _minute(runtime, one.due_at),
            one.fault,
        )
        for one in states
    ]
    heads = ("Công việc", "Chạy cuối", "Thành công cuối", "Lần tới", "Lỗi lần cuối")
    return Sheet("viec dinh ky", heads, rows)


def _retention(runtime: Runtime) -> Sheet:
    with reading(runtime.engine) as connection:
        done = newest_lines(connection)
    rows = []
    for name, rule in sorted(load_retention().rules.items()):
        line = done.get(name)
        rows.append(
            (
                name,
                rule.table or rule.folder,
                rule.kept.days,
                rule.source,
                _minute(runtime, line.finished_at) if line else "",
                line.purged if line else None,
            )
        )
    heads = ("Quy tắc", "Bảng", "Giữ (ngày)", "Căn cứ", "Xóa gần nhất", "Số dòng")
    return Sheet("han luu", heads, rows)


def _libraries() -> list[Sequence[Cell]]:
    found = {one.metadata["Name"]: one for one in distributions()}
    return [
        (name, found[name].version, _licence(found[name])) for name in sorted(found, key=str.lower)
    ]


def _licence(one: Distribution) -> str:
    """As the library itself names it; some put the whole text there."""
    told = one.metadata.get_all("License-Expression") or one.metadata.get_all("License") or [""]
    return str(told[0]).strip().partition("\n")[0]


def _minute(runtime: Runtime, at: datetime | None) -> str:
    return f"{at.astimezone(runtime.settings.zone):%Y-%m-%d %H:%M:%S}" if at else ""


def _csv(sheet: Sheet) -> bytes:
    return "".join(csv_lines(sheet)).encode()


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode()
