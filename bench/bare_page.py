"""The floor of the status page: a bare Flask view that fills in a template of the same size."""

import os

from flask import Flask, render_template
from jinja2 import DictLoader

FIELDS = {
    "code": "H56.14-240103-0001",
    "step": "Thẩm định hồ sơ",
    "timing": "Đúng hạn",
    "due": "04/12/2026",
    "agency": "UBND phường Mẫu",
    "link": "HTTPS://DVC.EXAMPLE.GOV.VN/T/H56.14-240103-0001.ABCDEFGHIJ",
}
STAGES = ["Đã nộp", "Tiếp nhận", "Đang xử lý", "Có kết quả", "Đã trả"]
HEAD = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{{ code }}</title></head>
<body><h1>{{ code }}</h1><p>{{ step }}, {{ timing }}, {{ due }}</p><p>{{ agency }}</p>
<ol>{% for stage in stages %}<li>{{ stage }}</li>{% endfor %}</ol><p>{{ link }}</p>
"""
FILLING = "<p>Hồ sơ của quý Ông/Bà hiện đang ở bước giải quyết, trạng thái hồ sơ.</p>\n"


def bare_app(size: int) -> Flask:
    """Units: `size` bytes of the page as it is sent, to within one paragraph."""
    app = Flask("bare-page")
    missing = size - len(HEAD.encode())
    page = HEAD + FILLING * max(0, missing // len(FILLING.encode())) + "</body></html>"
    app.jinja_loader = DictLoader({"page.html": page})

    @app.get("/T/<tail>")
    def show(tail: str) -> str:
        assert tail
        return render_template("page.html", stages=STAGES, **FIELDS)

    return app


def __getattr__(name: str) -> Flask:
    """Build `bench.bare_page:app` when the server asks for it."""
    if name != "app":
        raise AttributeError(name)
    return bare_app(int(os.environ["PAGE_BYTES"]))
