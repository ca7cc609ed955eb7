"""`/console/`: what waits for this account, each with its count and where it is worked on."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, current_app, render_template

from bot.answer_complaint import complaints_waiting
from bot.approve_announcement import announcements_waiting
from bot.ask_batch import batches
from bot.core.staff import Actor
from bot.correct_phone import count_bad_phones
from bot.due_dossiers import count_due_today
from bot.review_accounts import count_closed_of_late, count_reviews_due
from bot.runtime import Runtime
from bot.show_returns import count_to_mend
from bot.show_talks import talks_waiting
from console.door import actor, allowed

Count = Callable[[Runtime, Actor], int]


@dataclass(frozen=True, slots=True)
class Card:
    """One kind of work that waits: shown to who may open its page.

    Shape: `count` says how many wait, in one quick query; `path` is where they are worked on,
           with or without a question mark; `urgent` cards are set apart while anything waits.
    """

    words: str
    path: str
    count: Count
    urgent: bool = False


def batches_ready(runtime: Runtime, present: Actor) -> int:
    """How many of the newest files with a day's slips are drawn and still there."""
    return sum(one.kept and not one.open for one in batches(runtime, present))


# In the order they are shown. A page that holds waiting work adds its card here.
CARDS: tuple[Card, ...] = (
    Card("Cuộc trao đổi đang chờ", "/console/trao-doi", talks_waiting, urgent=True),
    Card("Phản ánh chờ trả lời", "/console/phan-anh", complaints_waiting, urgent=True),
    Card("Hồ sơ đến hạn hôm nay hoặc trễ hạn", "/console/den-han", count_due_today, urgent=True),
    Card("Thông báo chờ duyệt", "/console/thong-bao", announcements_waiting),
    Card(
        "Tài khoản đến hạn rà soát quyền", "/console/ra-soat-quyen", count_reviews_due, urgent=True
    ),
    Card(
        "Tài khoản tự khóa vì lâu không dùng", "/console/ra-soat-quyen?khoa", count_closed_of_late
    ),
    Card("Kết quả trả qua bưu điện cần xử lý", "/console/buu-dien", count_to_mend),
    Card("Số điện thoại cần sửa", "/console/so-dien-thoai", count_bad_phones),
    Card("Tệp in theo ngày đã sẵn sàng", "/console/in-theo-ngay", batches_ready),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of one kind waits now."""

    card: Card
    count: int


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_home", __name__, template_folder="templates")

    @routes.get("/console/")
    @allowed()
    def home() -> str:
        return render_template("console/home.html", waiting=waiting(runtime, actor()))

    @routes.get("/console/phim-tat")
    @allowed()
    def keys() -> str:
        return render_template("console/keys.html")

    return routes


def waiting(runtime: Runtime, present: Actor) -> list[Waiting]:
    """What waits on the pages that this account may open."""
    may_open = current_app.extensions["console_frame"].may_open
    shown = (card for card in CARDS if may_open(present, card.path.split("?")[0]))
    return [Waiting(card, card.count(runtime, present)) for card in shown]
