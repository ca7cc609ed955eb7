"""Who gets a result by post, as forms ask for it: names of fields, and what was typed there."""

from collections.abc import Mapping

from bot.core.counter_receiver import PREFIX
from bot.core.post_receiver import Receiver, ReceiverDraft, province_choices

LABELS = {
    "name": "Người nhận",
    "tel": "Điện thoại người nhận",
    "line": "Số nhà, đường (thôn, xóm)",
    "commune": "Xã, phường, đặc khu",
    "province": "Tỉnh, thành phố",
    "email": "Email người nhận",
}
INTAKE_LABELS = {f"{PREFIX}{name}": words for name, words in LABELS.items()}


def typed_receiver(form: Mapping[str, str], prefix: str = "") -> ReceiverDraft:
    """What a form says of a receiver; a field that did not come is empty."""
    return ReceiverDraft(**{name: form.get(f"{prefix}{name}", "") for name in LABELS})


def shown_receiver(receiver: Receiver | None) -> dict[str, str]:
    """A stored receiver as a form shows it."""
    return {name: getattr(receiver, name, "") for name in LABELS}


def provinces(empty: str) -> list[tuple[str, str]]:
    """The provinces to choose from; `empty` stands for none chosen."""
    return [("", empty), *((name, name) for name in province_choices())]
