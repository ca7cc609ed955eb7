"""The SMS gateways there are, by the name that settings use."""

from collections.abc import Callable, Mapping

from bot.channels.esms import build_esms
from bot.channels.http import Wire
from bot.channels.sms_gateway import SmsGateway
from bot.channels.speedsms import build_speedsms
from bot.channels.vietguys import build_vietguys
from bot.metrics import Metrics
from bot.settings import Settings

BUILDERS: Mapping[str, Callable[[Settings, Metrics, Wire | None], SmsGateway]] = {
    "esms": build_esms,
    "speedsms": build_speedsms,
    "vietguys": build_vietguys,
}


def build_gateway(
    name: str, settings: Settings, metrics: Metrics, wire: Wire | None = None
) -> SmsGateway:
    """The gateway of this name, with the account that the settings name.

    Shape:  `wire` only where other waiting times are wanted.
    Errors: ValueError for a name that is no gateway, "none" among them.
    """
    builder = BUILDERS.get(name)
    if builder is None:
        raise ValueError(f"{name!r} is no SMS gateway; expected one of: {', '.join(BUILDERS)}")
    return builder(settings, metrics, wire)
