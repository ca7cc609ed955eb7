"""What one-stop software tells: dossiers with phones, and the signed call that tells them."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests

from bench.owed import code_of
from bot.agencies import add_agency
from bot.core.snapshot import Outcome, Result
from bot.feed_keys import add_feed_key
from bot.register import register_dossiers
from bot.runtime import Runtime
from bot.store.feed_keys import FeedKey
from webhooks.feed import PATH
from webhooks.feed_body import read_dossiers
from webhooks.feed_signature import KEY, SIGNATURE, TIMESTAMP, signature

AGENCY = "H56.14"
MOST_AT_ONCE = 5_000
RECEIVED, PROCESSING, SUPPLEMENT, RESULT = 2, 4, 5, 9
STEPS = {
    RECEIVED: "Tiếp nhận hồ sơ",
    PROCESSING: "Thẩm định hồ sơ",
    SUPPLEMENT: "Yêu cầu bổ sung",
    RESULT: "Trả kết quả",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """The one-stop software of one agency, with its key."""

    key: FeedKey
    secret: str


def open_desk(runtime: Runtime) -> Desk:
    """Add the agency and a key for it."""
    add_agency(runtime, AGENCY, "Ủy ban nhân dân xã Nga Sơn", sms_name="UBND xa Nga Son")
    new = add_feed_key(runtime, AGENCY)
    return Desk(FeedKey(new.id, AGENCY, all_agencies=False), new.secret)


def phone_of(number: int) -> str:
    """The phone of the dossier with this number, as it is dialled; all differ below 1,000,000."""
    return f"0905{number % 1_000_000:06d}"


def zalo_phone_of(number: int) -> str:
    """The same phone in the form that Zalo takes."""
    return "84" + phone_of(number)[1:]


def dossier(number: int, status: int, changed_at: datetime) -> dict[str, Any]:
    """One dossier in the feed's form."""
    return {
        "code": code_of(number),
        "agency": AGENCY,
        "procedure": {
            "code": "1.004873.000.00.00.H56",
            "name": "Cấp giấy xác nhận tình trạng hôn nhân",
        },
        "step": STEPS[status],
        "status": status,
        "at_desk": status in (SUPPLEMENT, RESULT),
        "changed_at": changed_at.isoformat(),
        "received_at": (changed_at - timedelta(days=2)).isoformat(timespec="seconds"),
        "due_at": (changed_at + timedelta(days=8)).isoformat(timespec="seconds"),
        "phone": phone_of(number),
        "notify": {"zalo": True, "sms": True, "post": False},
        "handler": "Bộ phận tiếp nhận và trả kết quả",
        "owner_name": "Nguyễn Văn An",
    }


def body_of(dossiers: Iterable[dict[str, Any]]) -> bytes:
    """The body of a call that tells these dossiers."""
    told = {"dossiers": list(dossiers)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def register(runtime: Runtime, desk: Desk, numbers: Sequence[int], status: int) -> None:
    """Let these dossiers stand at this status, past the network."""
    now = runtime.now()
    for start in range(0, len(numbers), MOST_AT_ONCE):
        some = numbers[start : start + MOST_AT_ONCE]
        body = body_of(dossier(number, status, now) for number in some)
        _must_be_news(register_dossiers(runtime, desk.key, read_dossiers(body)))


def tell(session: requests.Session, port: int, desk: Desk, body: bytes) -> float:
    """Send a body to the feed; the seconds it took. Every dossier in it has to be news."""
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        KEY: desk.key.id,
        TIMESTAMP: stamp,
        SIGNATURE: signature(desk.secret.encode(), stamp, body),
    }
    began = time.perf_counter()
    answer = session.post(f"http://127.0.0.1:{port}{PATH}", data=body, headers=headers, timeout=120)
    took = time.perf_counter() - began
    if answer.status_code != 200:
        raise RuntimeError(f"the feed answered {answer.status_code}: {answer.text[:300]}")
    outcomes = {one["outcome"] for one in answer.json()["results"]}
    if outcomes - {str(Outcome.NEW), str(Outcome.CHANGED)}:
        raise RuntimeError(f"the feed took some as {outcomes}")
    return took


def _must_be_news(results: Sequence[Result]) -> None:
    odd = [one for one in results if one.outcome not in (Outcome.NEW, Outcome.CHANGED)]
    if odd:
        raise RuntimeError(f"{len(odd)} dossiers were no news, the first: {odd[0]}")
