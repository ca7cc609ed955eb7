"""What is left of our money at an SMS gateway, where its interface tells it.

Source: the public manuals of eSMS (GetBalance_json) and SpeedSMS (user/info). VietGuys publishes
no such call.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

import requests

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Wire
from bot.channels.sms_line import code_of, post_template, with_body
from bot.channels.zalo_body import compact_json
from bot.settings import Settings

MOST_DONG = 10**14
NOT_TOLD = "the gateway's interface tells no balance"


def tells_balance(gateway: str, settings: Settings) -> bool:
    """Whether the gateway can be asked at all.

    Only where citizens are reached (PUBLIC_URL is https) and messages go to the path that its
    manual names: what stands in for a gateway elsewhere might take the request for a message.
    """
    if gateway not in _ASKED or not settings.public_url.startswith("https://"):
        return False
    addresses = {"esms": settings.esms_url, "speedsms": settings.speedsms_url}
    return addresses[gateway].rstrip("/").endswith(_SENDING[gateway])


def ask_balance(gateway: str, settings: Settings, wire: Wire) -> int:
    """Ask a gateway what is left.

    Units:  đồng, a part of one dropped.
    Errors: SendFailed; NEVER where it cannot be asked, or answered without a balance.
    """
    if not tells_balance(gateway, settings):
        raise SendFailed(Again.NEVER, NOT_TOLD)
    request, read = _ASKED[gateway]
    answer = wire.call(request(settings))
    told = _number(read(answer.body))
    if told is None:
        code = code_of(answer.body.get("CodeResponse") or answer.body.get("code"))
        raise SendFailed(Again.NEVER, "no balance in the answer", code or f"HTTP {answer.status}")
    return told


def _esms(settings: Settings) -> requests.PreparedRequest:
    """Beside the address that messages go to, so that a rehearsal never asks the real house."""
    place = urljoin(settings.esms_url.rstrip("/"), "GetBalance_json/")
    body = {"ApiKey": settings.esms_api_key, "SecretKey": settings.esms_secret_key}
    return with_body(post_template(place, "application/json"), compact_json(body).encode())


def _speedsms(settings: Settings) -> requests.PreparedRequest:
    place = urljoin(settings.speedsms_url.rstrip("/"), "../user/info")
    basic = b64encode(f"{settings.speedsms_token}:x".encode()).decode()
    headers = {"Accept": "application/json", "Authorization": f"Basic {basic}"}
    return requests.Request("GET", place, headers=headers).prepare()


def _of_esms(body: Mapping[str, Any]) -> Any:
    return body.get("Balance") if code_of(body.get("CodeResponse")) == "100" else None


def _of_speedsms(body: Mapping[str, Any]) -> Any:
    """At the top in the manual, inside `data` in some deployments."""
    data = body.get("data")
    inner = data.get("balance") if isinstance(data, dict) else None
    return body.get("balance", inner)


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return int(number) if abs(number) < MOST_DONG else None


_ASKED: Mapping[
    str,
    tuple[Callable[[Settings], requests.PreparedRequest], Callable[[Mapping[str, Any]], Any]],
] = {"esms": (_esms, _of_esms), "speedsms": (_speedsms, _of_speedsms)}
_SENDING: Mapping[str, str] = {
    "esms": "/MainService.svc/json/SendMultipleMessage_V4_post_json",
    "speedsms": "/index.php/sms/send",
}
