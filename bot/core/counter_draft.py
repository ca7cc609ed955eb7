"""An intake as typed at the desk: checked whole, every fault at once and by its field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.counter_facts import IntakeFacts, KeptPaper, Owner, Submitter
from bot.core.counter_faults import Faults
from bot.core.counter_phone import Level, phone_advice
from bot.core.counter_procedure import MOST_COPIES, MOST_PAPER_NAME, MOST_PAPERS, ProcedureRule
from bot.core.counter_typing import looks_like_email, many_lines, one_line, read_count
from bot.core.post_receiver import ReceiverDraft
from bot.core.snapshot import Ticks

CHANNELS = ("desk", "online", "post")
MOST_SETS = 99
# How many characters a field may have, and what it is called in a fault's words.
_LENGTHS: Mapping[str, tuple[int, str]] = {
    "name": (200, "Họ tên người nộp"),
    "phone": (200, "Số điện thoại"),
    "address": (300, "Địa chỉ"),
    "email": (200, "Email"),
    "owner": (200, "Chủ hồ sơ"),
    "owner_address": (300, "Địa chỉ chủ hồ sơ"),
    "fees": (200, "Phí, lệ phí"),
    "collect_at": (200, "Nơi nhận kết quả"),
    "post_fee": (100, "Cước bưu chính"),
    "note": (500, "Ghi chú"),
}


@dataclass(frozen=True, slots=True)
class DraftPaper:
    """One line of the papers' table, as typed; without a count it was not handed in."""

    name: str
    originals: str = ""
    certified: str = ""
    copies: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """The intake form as typed; `agency` and `procedure` are codes.

    Shape: `phone_confirmed` says that the clerk stands by a number that was warned of; `receiver`
           None where the province returns nothing by post; `post_fee` says who pays the post.
    """

    agency: str
    procedure: str
    name: str
    phone: str = ""
    address: str = ""
    email: str = ""
    owner: str = ""
    owner_address: str = ""
    ticks: Ticks = field(default_factory=Ticks)
    papers: tuple[DraftPaper, ...] = ()
    sets: str = "1"
    fees: str = ""
    collect_at: str = ""
    channel: str = "desk"
    note: str = ""
    phone_confirmed: bool = False
    receiver: ReceiverDraft | None = None
    post_fee: str = ""


def read_draft(draft: Draft, rule: ProcedureRule) -> IntakeFacts | Faults:
    """The facts to be kept, or all that is wrong with the form."""
    faults = dict(_faults(draft))
    phone = dict(_phone_fault(draft)) if "phone" not in faults else {}
    if faults or phone:
        return Faults(faults | phone, frozenset(phone))
    owner = one_line(draft.owner)
    kept_owner = Owner(owner, one_line(draft.owner_address) or None) if owner else None
    return IntakeFacts(
        submitter=Submitter(
            one_line(draft.name),
            one_line(draft.address) or None,
            one_line(draft.phone) or None,
            one_line(draft.email) or None,
        ),
        owner=kept_owner,
        papers=tuple(_kept(paper) for paper in draft.papers if _is_handed_in(paper)),
        sets=read_count(draft.sets) or 1,
        fees=_fees(draft, rule),
        collect_at=one_line(draft.collect_at) or None,
        channel=draft.channel,
        note=many_lines(draft.note) or None,
        duration=rule.duration,
    )


def _fees(draft: Draft, rule: ProcedureRule) -> str | None:
    """What the slip says of money: the fees and, of a result by post, who pays the post."""
    fees = one_line(draft.fees) or rule.fees
    post = one_line(draft.post_fee) if draft.ticks.post else ""
    return "; ".join(part for part in (fees, post and f"cước bưu chính: {post}") if part) or None


def _faults(draft: Draft) -> Iterator[tuple[str, str]]:
    yield from _person_faults(draft)
    for name, (most, label) in _LENGTHS.items():
        length = len(many_lines(getattr(draft, name)))
        if length > most:
            yield name, f"{label} dài {length} ký tự, tối đa {most}. Viết ngắn lại."
    if draft.channel not in CHANNELS:
        yield "channel", "Chọn hình thức nộp: trực tiếp, trực tuyến hoặc bưu chính."
    sets = read_count(draft.sets)
    if sets is None or not 1 <= sets <= MOST_SETS:
        yield "sets", f"Số bộ hồ sơ là số từ 1 đến {MOST_SETS}. Đang có: “{draft.sets[:20]}”."
    yield from _paper_faults(draft)


def _person_faults(draft: Draft) -> Iterator[tuple[str, str]]:
    if not one_line(draft.name):
        yield "name", "Chưa có họ tên người nộp. Nhập đầy đủ như trên giấy tờ."
    elif not any(char.isalpha() for char in draft.name):
        yield "name", "Họ tên không có chữ cái nào. Nhập đầy đủ như trên giấy tờ."
    email = one_line(draft.email)
    if email and not looks_like_email(email):
        yield "email", "Email chưa đúng dạng, ví dụ ten@gmail.com. Sửa lại hoặc để trống."
    if one_line(draft.owner_address) and not one_line(draft.owner):
        yield "owner", "Có địa chỉ chủ hồ sơ mà chưa có tên chủ hồ sơ. Nhập tên hoặc xóa địa chỉ."


def _paper_faults(draft: Draft) -> Iterator[tuple[str, str]]:
    if len(draft.papers) > MOST_PAPERS:
        count = len(draft.papers)
        yield "papers", f"Có {count} giấy tờ, tối đa {MOST_PAPERS}. Gộp các giấy tờ cùng loại."
    for place, paper in enumerate(draft.papers):
        counts = {name: getattr(paper, name) for name in ("originals", "certified", "copies")}
        for name, typed in counts.items():
            number = read_count(typed)
            if number is None or number > MOST_COPIES:
                words = f"Số bản là số từ 0 đến {MOST_COPIES}. Đang có: “{typed[:20]}”."
                yield f"papers.{place}.{name}", words
        length = len(one_line(paper.name))
        if length > MOST_PAPER_NAME:
            words = f"Tên giấy tờ dài {length} ký tự, tối đa {MOST_PAPER_NAME}. Viết ngắn lại."
            yield f"papers.{place}.name", words
        if not length and any(read_count(typed) for typed in counts.values()):
            yield f"papers.{place}.name", "Có số bản mà chưa có tên giấy tờ. Nhập tên."


def _phone_fault(draft: Draft) -> Iterator[tuple[str, str]]:
    """A number that will not do is the clerk's to decide: a citizen may have no other."""
    advice = phone_advice(draft.phone)
    if draft.phone_confirmed or advice.level in (Level.OK, Level.NOTE):
        return
    if advice.level is Level.EMPTY:
        if draft.ticks.sms or draft.ticks.zalo:
            yield (
                "phone",
                "Đã đăng ký nhận tin nhắn mà chưa có số điện thoại. Nhập số, hoặc bỏ đăng ký, "
                "hoặc xác nhận là công dân không có số.",
            )
        return
    yield "phone", advice.words


def _is_handed_in(paper: DraftPaper) -> bool:
    counts = (paper.originals, paper.certified, paper.copies)
    return bool(one_line(paper.name)) and any(read_count(typed) for typed in counts)


def _kept(paper: DraftPaper) -> KeptPaper:
    counts = (paper.originals, paper.certified, paper.copies)
    return KeptPaper(one_line(paper.name), *(read_count(typed) or None for typed in counts))
