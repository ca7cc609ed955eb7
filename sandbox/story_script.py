"""The script of "Một đời hồ sơ": what happens in each scene, and which message it waits for."""

import copy
import re
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sandbox import citizens
from sandbox.control_world import through_feed
from sandbox.dossiers import Dossier
from sandbox.messages import Bubble
from sandbox.one_stop import OneStop, taken
from sandbox.people import Person
from sandbox.short_code import ShortCode
from sandbox.world import World

SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")
MAI, HOA = "mai", "hoa"
NAMES = {MAI: "Đỗ Thị Mai", HOA: "Võ Thị Hoa"}


class StuckError(Exception):
    """A scene that cannot be played; says why in Vietnamese."""


@dataclass(slots=True)
class Stage:
    """What the scenes of one performance share."""

    world: World
    desk: OneStop
    short_code: ShortCode
    cast: dict[str, Person]
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    otp: str = ""


Act = Callable[[Stage], Awaitable[None]]
Awaits = Callable[[Stage, Bubble], bool]


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene.

    Shape: `who` is the citizen it is about, `app` the app in view, `awaits` recognises the
           message that must arrive on that citizen's phone.
    """

    title: str
    caption: str
    who: str
    app: str
    act: Act
    awaits: Awaits


def folded(text: str) -> str:
    """Lower case without accents, so that SMS and chat read alike."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def told(words: str, channel: str = "") -> Awaits:
    """A message about this citizen's dossier with these words."""

    def awaits(stage: Stage, bubble: Bubble) -> bool:
        role = next(role for role, one in stage.cast.items() if one.uid == bubble.user)
        dossier = stage.dossiers[role]
        names = (dossier.code, dossier.local_code or dossier.code)
        text = folded(bubble.text)
        about = any(folded(name) in text for name in names)
        return about and folded(words) in text and channel in ("", bubble.channel)

    return awaits


def said_anything(_stage: Stage, bubble: Bubble) -> bool:
    """Any message in the chat."""
    return bubble.channel == "zalo"


def carries_code(stage: Stage, bubble: Bubble) -> bool:
    """The one-time code, by SMS or by template; it is kept for the next scene."""
    if bubble.channel != "sms" and bubble.kind != "template":
        return False
    found = SIX_DIGITS.search(bubble.text) if "ma xac nhan" in folded(bubble.text) else None
    stage.otp = found[0] if found else stage.otp
    return found is not None


def handed_in(role: str, route: str, local_code: str = "") -> Act:
    """Papers handed in at the desk: a new dossier goes through the product's feed."""

    async def act(stage: Stage) -> None:
        person = stage.cast[role]
        dossier = stage.world.dossiers.drawn_up(route, (person.name, person.phone))
        if local_code:
            dossier.local_code = f"{local_code}{person.phone[-6:]}"
        await _send(stage, role, dossier)

    return act


def moved(role: str) -> Act:
    """The next step of the citizen's dossier."""

    async def act(stage: Stage) -> None:
        known = stage.world.dossiers.by_code(stage.dossiers[role].code)
        if known is None or known.next_step is None:
            raise StuckError("Hồ sơ của chuyện này đã bị chuyển hết các bước từ bên ngoài.")
        changed = copy.copy(known)
        changed.move_on(stage.world.clock.now())
        await _send(stage, role, changed)

    return act


async def _send(stage: Stage, role: str, dossier: Dossier) -> None:
    answer = (await through_feed(stage.world, stage.desk, [dossier]))["answer"]
    if not taken(answer):
        raise StuckError(f"Cổng nhận hồ sơ không nhận: {dossier.last_answer}")
    stage.dossiers[role] = dossier


async def follows(stage: Stage) -> None:
    """Mai presses "Quan tâm"."""
    citizens.follow(stage.world, stage.cast[MAI], True)


async def asks(stage: Stage) -> None:
    """Mai writes the code that stands on the slip."""
    citizens.say(stage.world, stage.cast[MAI], stage.dossiers[MAI].code)


async def shares_phone(stage: Stage) -> None:
    """Mai shares the phone with the OA."""
    person = stage.cast[MAI]
    citizens.share_phone(stage.world, person, citizens.info_of(person))


async def types_code(stage: Stage) -> None:
    """Mai copies the code out of the SMS."""
    citizens.say(stage.world, stage.cast[MAI], stage.otp)


async def asks_short_code(stage: Stage) -> None:
    """The dossier has moved meanwhile; Hoa asks the short code."""
    await moved(HOA)(stage)
    person, dossier = stage.cast[HOA], stage.dossiers[HOA]
    await stage.short_code.ask(person, f"MCKH {dossier.local_code}", "esms", "")


SCENES = (
    Scene(
        "Nộp hồ sơ",
        "Chị Mai nộp hồ sơ tại Bộ phận Một cửa và cầm giấy hẹn về. Phần mềm Một cửa báo sang trợ "
        "lý; chị chưa quan tâm trang nào mà tin đã tới máy, theo số điện thoại ghi trên hồ sơ.",
        MAI,
        "zalo",
        handed_in(MAI, "story"),
        told("đã được tiếp nhận"),
    ),
    Scene(
        "Quan tâm trang",
        "Chị Mai mở Zalo và bấm “Quan tâm” trang Dịch vụ công. Trợ lý chào chị.",
        MAI,
        "zalo",
        follows,
        said_anything,
    ),
    Scene(
        "Hỏi bằng mã",
        "Chị gửi mã hồ sơ in trên giấy hẹn. Trợ lý đáp hồ sơ đang ở bước nào, có trễ không.",
        MAI,
        "zalo",
        asks,
        told("hiện đang ở bước Tiếp nhận hồ sơ", "zalo"),
    ),
    Scene(
        "Chia sẻ số điện thoại",
        "Chị chia sẻ số điện thoại để lần sau khỏi phải hỏi. Muốn biết chắc là chị, trợ lý gửi một "
        "mã sáu chữ số về đúng số ấy: xem hộp SMS.",
        MAI,
        "sms",
        shares_phone,
        carries_code,
    ),
    Scene(
        "Gõ mã xác nhận",
        "Chị đọc mã trong tin SMS rồi gõ vào khung chat. Số điện thoại được xác nhận, các hồ sơ "
        "của số ấy hiện ra.",
        MAI,
        "zalo",
        types_code,
        told("đã xác nhận số", "zalo"),
    ),
    Scene(
        "Hồ sơ chuyển bước",
        "Phòng chuyên môn bắt đầu thẩm định. Không ai phải hỏi: tin tự tới khung chat, miễn phí.",
        MAI,
        "zalo",
        moved(MAI),
        told("hiện đang ở bước Thẩm định hồ sơ", "zalo"),
    ),
    Scene(
        "Cần bổ sung",
        "Hồ sơ thiếu một bản sao, giấy tờ đã về lại Bộ phận Một cửa. Trợ lý mời chị tới bổ sung.",
        MAI,
        "zalo",
        moved(MAI),
        told("cần bổ sung theo quy định"),
    ),
    Scene(
        "Bổ sung xong",
        "Chị nộp bản sao còn thiếu. Hồ sơ được trình lãnh đạo ký.",
        MAI,
        "zalo",
        moved(MAI),
        told("hiện đang ở bước Lãnh đạo ký duyệt", "zalo"),
    ),
    Scene(
        "Có kết quả",
        "Kết quả đã ký, về tới Bộ phận Một cửa. Trợ lý mời chị đến nhận, đúng lời tỉnh quy định.",
        MAI,
        "zalo",
        moved(MAI),
        told("đã được giải quyết xong"),
    ),
    Scene(
        "Trả kết quả",
        "Chị nhận kết quả. Tin cuối khép lại một đời hồ sơ, qua Zalo thôi chứ không tốn SMS.",
        MAI,
        "zalo",
        moved(MAI),
        told("đã được trả kết quả", "zalo"),
    ),
    Scene(
        "Người không dùng Zalo",
        "Chị Hoa không cài Zalo. Hồ sơ của chị vừa được tiếp nhận: trợ lý thử Zalo trước, không "
        "được thì nhắn SMS không dấu từ MotcuaSMS.",
        HOA,
        "sms",
        handed_in(HOA, "short", local_code="0101"),
        told("đã được tiếp nhận", "sms"),
    ),
    Scene(
        "Hỏi bằng SMS",
        "Hồ sơ đã sang bước thẩm định; bước giữa đường không tốn SMS. Chị Hoa muốn biết thì soạn "
        "MCKH, dấu cách, mã số biên nhận, gửi 8083.",
        HOA,
        "sms",
        asks_short_code,
        told("hiện đang ở bước Thẩm định hồ sơ", "sms"),
    ),
    Scene(
        "Có kết quả, báo bằng SMS",
        "Kết quả của chị Hoa đã có. Tin quan trọng thì luôn tới nơi, kể cả khi không có Zalo.",
        HOA,
        "sms",
        moved(HOA),
        told("đã được giải quyết xong", "sms"),
    ),
)
