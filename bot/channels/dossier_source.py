"""Reads one page of dossiers from software that cannot push; nothing of it is believed yet."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from bot.core.national_form import ZONE, Service

MOST_BYTES = 4 * 1024 * 1024
MOST_RECORDS = 5000
MOST_TOKEN = 300
FIRST_PAGE = "1"


class SourceFault(Exception):
    """The source did not give a page: one line that says what came and what to do."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to connect, to wait for bytes, and for the whole of a page."""

    connect: float = 3.0
    read: float = 6.0
    whole: float = 8.0


@dataclass(frozen=True, slots=True)
class Source:
    """Where dossiers are read from, as which agency; the token never shows."""

    url: str
    agency: str
    token: str = ""

    def __repr__(self) -> str:
        return f"Source({self.url}, {self.agency})"


@dataclass(frozen=True, slots=True)
class Ask:
    """One page of one service's window; `since` None is the beginning."""

    service: Service
    since: datetime | None
    until: datetime
    page: str = FIRST_PAGE

    @property
    def parameters(self) -> dict[str, str]:
        """The question's parameters beside the agency."""
        since = {"tuNgay": _written(self.since)} if self.since else {}
        return {**since, "denNgay": _written(self.until), "trang": self.page}


@dataclass(frozen=True, slots=True)
class Page:
    """The records of a page, and what the next one is called; None when it was the last."""

    records: list[Mapping[str, Any]]
    following: str | None


def read_page(source: Source, ask: Ask, patience: Patience) -> Page:
    """Ask for one page.

    Shape: a record that is no object counts as an empty one, to be refused like any other.
    Errors: SourceFault. Redirects are not followed: the token belongs to this address alone.
    """
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if source.token:
        headers["Authorization"] = f"Bearer {source.token}"
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no certificates from the environment
        try:
            with session.get(
                f"{source.url}/{ask.service}",
                params={"MaDinhDanhDV": source.agency, **ask.parameters},
                headers=headers,
                timeout=(patience.connect, patience.read),
                allow_redirects=False,
                stream=True,
            ) as response:
                _check_status(response.status_code)
                body = _body(response, patience)
        except requests.RequestException as fault:
            raise SourceFault(
                f"{source.url} does not answer ({type(fault).__name__}); "
                "check that it runs, PULL_URL, and the way out"
            ) from fault
    return _page(body, ask.page)


def _written(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y%m%d%H%M%S")


def _check_status(status: int) -> None:
    if status == 200:
        return
    do = "see the source's own log"
    if 300 <= status < 400:
        do = "redirects are not followed; set PULL_URL to where it leads"
    elif status in (401, 403):
        do = "the token was refused; check PULL_TOKEN and PULL_AGENCY"
    elif status == 404:
        do = "check PULL_URL: the service's name is put behind it"
    raise SourceFault(f"it answered HTTP {status}; {do}")


def _body(response: requests.Response, patience: Patience) -> bytes:
    ends = monotonic() + patience.whole
    body = bytearray()
    while piece := _piece(response):
        body += piece
        if len(body) > MOST_BYTES:
            raise SourceFault(f"a page exceeds {MOST_BYTES} bytes; let it give smaller pages")
        if monotonic() > ends:
            raise SourceFault(f"a page took over {patience.whole:.0f} s; let it give smaller pages")
    return bytes(body)


def _piece(response: requests.Response) -> bytes:
    """What came in one go: `iter_content` would wait for a whole piece however long it trickles."""
    try:
        piece: bytes = response.raw.read1(16 * 1024, decode_content=True)
    except HTTPError as fault:
        raise SourceFault(
            f"its answer broke off ({type(fault).__name__}); the page is asked for again"
        ) from fault
    return piece


def _page(body: bytes, page: str) -> Page:
    try:
        told = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise SourceFault("its answer is no JSON in UTF-8; see the source's own log") from None
    if isinstance(told, list):
        return Page(_records(told), _counted_on(page) if told else None)
    if not isinstance(told, dict) or not isinstance(told.get("data"), list):
        raise SourceFault("its answer is neither a list nor an object with a list in data")
    following = told.get("next")
    if following in (None, ""):
        return Page(_records(told["data"]), None)
    name = str(following) if isinstance(following, str | int) else ""
    if not name or len(name) > MOST_TOKEN or name == page or isinstance(following, bool):
        raise SourceFault(
            f"next must name another page, in a text of at most {MOST_TOKEN} characters"
        )
    return Page(_records(told["data"]), name)


def _records(told: list[Any]) -> list[Mapping[str, Any]]:
    if len(told) > MOST_RECORDS:
        raise SourceFault(f"a page holds over {MOST_RECORDS} records; let it give smaller pages")
    return [one if isinstance(one, dict) else {} for one in told]


def _counted_on(page: str) -> str:
    if not page.isdecimal():
        raise SourceFault("it named its pages before and now gives a bare list; expected next")
    return str(int(page) + 1)
