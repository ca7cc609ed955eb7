"""A source of dossiers on this machine: pages by service, whatever a test lets it answer."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

SYNC, PROGRESS = "DongBoHoSoMC", "CapNhatTienDoHoSoMC"


@dataclass(slots=True)
class Asked:
    """One question that came."""

    service: str
    parameters: dict[str, str]
    authorization: str | None


@dataclass(slots=True)
class Pages:
    """Pages by service and by the name they are asked for; beyond the last an empty list."""

    url: str = ""
    pages: dict[tuple[str, str], Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    before: Callable[[Asked], Response | None] = lambda _: None

    def named(self, service: str = SYNC) -> list[str]:
        """The pages of a service that were asked for."""
        return [one.parameters["trang"] for one in self.asked if one.service == service]

    def answer(self, environ: Any, start: Any) -> Any:
        """The WSGI application."""
        request = Request(environ)
        given = dict(parse_qsl(request.query_string.decode(), keep_blank_values=True))
        service = request.path.rsplit("/", 1)[1]
        asked = Asked(service, given, request.headers.get("Authorization"))
        self.asked.append(asked)
        response = self.before(asked)
        if response is None:
            page = self.pages.get((service, given["trang"]), [])
            response = Response(json.dumps(page), content_type="application/json")
        return response(environ, start)


@contextmanager
def served_pages() -> Iterator[Pages]:
    """The source behind a real socket."""
    pages = Pages()
    server = make_server("127.0.0.1", 0, pages.answer, threaded=True)
    pages.url = f"http://127.0.0.1:{server.server_port}/api/hoso"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield pages
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
