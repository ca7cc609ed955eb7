"""The receiver of a result by post, as the intake form leaves most of it to the citizen's facts."""

from typing import Any

import pytest

from bot.core.counter_draft import Draft
from bot.core.counter_faults import Faults
from bot.core.counter_receiver import receiver_of
from bot.core.post_receiver import Receiver, ReceiverDraft
from bot.core.snapshot import Ticks

HOME = "12 Lê Lợi, phường Lộc Thọ, Khánh Hòa"


def found(receiver: ReceiverDraft | None = None, post: bool = True, **typed: Any) -> Any:
    usual = {"name": "Nguyễn Thị Mẫu", "phone": "0905 123 456", "address": HOME}
    draft = Draft(
        "H56.14", "1.0", **(usual | typed), ticks=Ticks(post=post), receiver=receiver
    )  # fmt: skip
    return receiver_of(draft, "Khánh Hòa")


def test_what_is_left_empty_is_the_submitters() -> None:
    assert found(ReceiverDraft()) == Receiver(
        "Nguyễn Thị Mẫu", "0905123456", "12 Lê Lợi", "phường Lộc Thọ", "Khánh Hòa"
    )


def test_the_owner_of_the_dossier_comes_before_who_handed_it_in() -> None:
    receiver = found(
        ReceiverDraft(),
        owner="Trần Văn Chủ",
        owner_address="Thôn Phú Bình, xã Vạn Ninh, tỉnh Đắk Lắk",
    )
    assert (receiver.name, receiver.commune, receiver.province) == (
        "Trần Văn Chủ",
        "xã Vạn Ninh",
        "Đắk Lắk",
    )


def test_an_address_without_its_province_lies_in_the_desks_own() -> None:
    assert found(ReceiverDraft(), address="12 Lê Lợi, phường Lộc Thọ").province == "Khánh Hòa"


def test_what_is_typed_for_the_post_counts_before_the_rest() -> None:
    typed = ReceiverDraft("Lê Nhận", "0258 3822 111", "5 Hai Bà Trưng", "xã Diên Khánh", "Huế")
    receiver = found(typed)
    assert (receiver.name, receiver.tel) == ("Lê Nhận", "02583822111")
    assert receiver.whole_address == "5 Hai Bà Trưng, xã Diên Khánh, Huế"


def test_every_field_that_a_postman_could_not_use_is_named_by_the_forms_field() -> None:
    faults = found(ReceiverDraft(), address="", phone="không có")
    assert isinstance(faults, Faults)
    assert list(faults.fields) == ["receiver_tel", "receiver_line", "receiver_commune"]


@pytest.mark.parametrize(
    ("receiver", "post"),
    [
        pytest.param(ReceiverDraft(), False, id="not ticked"),
        pytest.param(None, True, id="the province brings nothing"),
    ],
)
def test_who_fetches_the_result_needs_no_address(
    receiver: ReceiverDraft | None, post: bool
) -> None:
    assert found(receiver, post, address="") is None
