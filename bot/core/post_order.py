"""One order to the postal service, in the names that its interface and its order file share.

Source: domain-facts 9 (Order fields).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.post_receiver import Receiver

# The settings that each way to the postal service cannot do without.
POST_NEEDS: Mapping[str, tuple[str, ...]] = {
    "file": ("POST_CUSTOMER_CODE", "POST_PROVINCE"),
    "vnpost": (
        "POST_URL",
        "POST_USER",
        "POST_PASSWORD",
        "POST_CUSTOMER_CODE",
        "POST_PROVINCE",
    ),
}
POST_DO = "copy it from the contract with the postal service; POST_PROVINCE is the province's name"
BY_REGISTERED_POST = 2  # FlagConfig, as the one known production client sends it
DESCRIPTION = "Trả kết quả giải quyết thủ tục hành chính"
# Columns of an order file, and fields of PostOrder; districts ended on 1/7/2025 and stay empty.
FIELDS = (
    "CustomerCode",
    "ItemCode",
    "OrderNumber",
    "CODAmount",
    "SenderProvince",
    "SenderDistrict",
    "SenderAddress",
    "SenderName",
    "SenderTel",
    "SenderEmail",
    "SenderDesc",
    "Description",
    "ReceiverName",
    "ReceiverAddress",
    "ReceiverTel",
    "ReceiverProvince",
    "ReceiverDistrict",
    "ReceiverEmail",
    "FlagConfig",
)


@dataclass(frozen=True, slots=True)
class Sender:
    """The desk that the post collects from, and to which it brings back."""

    name: str
    address: str
    tel: str
    province: str


@dataclass(frozen=True, slots=True, repr=False)
class PostOrder:
    """What the postal service is to bring.

    Shape: `number` is the dossier's code; `item_code` "" where the service is to give one.
    """

    number: str
    item_code: str
    sender: Sender
    receiver: Receiver


def order_fields(order: PostOrder, customer: str) -> dict[str, str | int]:
    """The order under the interface's names, in the order of FIELDS."""
    sender, receiver = order.sender, order.receiver
    values = (
        customer,
        order.item_code,
        order.number,
        0,
        sender.province,
        "",
        sender.address,
        sender.name,
        sender.tel,
        "",
        "",
        DESCRIPTION,
        receiver.name,
        receiver.address,
        receiver.tel,
        receiver.province,
        "",
        receiver.email,
        BY_REGISTERED_POST,
    )
    return dict(zip(FIELDS, values, strict=True))
