"""Slips per second, against reportlab drawing the same page bare; a day's batch and its memory."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from time import process_time

import psutil
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from bench.row import Row
from receipts.barcode import barcode
from receipts.qr import Rectangle, qr_matrix
from receipts.slip.faces import SERIF, SERIF_BOLD, SERIF_ITALIC, font
from receipts.slip.layout import laid_out
from receipts.slip.marks import Cells, Frame, Line, Page, Words
from receipts.slip.pages import Paper as Size
from receipts.slip.records import Channel, Office, Paper, Person, Slip
from receipts.slip.render import render_batch, render_slip

ROUNDS, SLIPS, DAY = 9, 20, 500
BAR = 0.7
MOST_GROWTH_MIB = 3.0
Sheets = list[Page]


def slip(number: int) -> Slip:
    """A day's ordinary slip: one A5 page with QR and bar code."""
    code = f"H46.16-261123-{number:04d}"
    at = datetime(2026, 11, 23, 8, 5)  # noqa: DTZ001  # local, as a clerk types it
    return Slip(
        office=Office(
            "Ủy ban nhân dân\nxã Lệ Thủy",
            "Trung tâm Phục vụ\nhành chính công",
            full="Trung tâm Phục vụ hành chính công xã Lệ Thủy",
            place="Lệ Thủy",
        ),
        code=code,
        issued_at=at,
        submitter=Person(
            "Nguyễn Thị Phương Thảo", "Thôn Thượng Giang, xã Lệ Thủy", "0912 345 678", "a@b.vn"
        ),
        procedure="Đăng ký biến động quyền sử dụng đất",
        link=f"HTTPS://DICHVUCONG.QUANGBINH.GOV.VN/T/{code}.ABCDEFGH23",
        number=f"{number:04d}/TTPVHCC",
        channel=Channel.DESK,
        papers=(
            Paper("Đơn đăng ký biến động đất đai (Mẫu số 18)", 1),
            Paper("Giấy chứng nhận đã cấp", None, 1),
            Paper("Hợp đồng chuyển nhượng quyền sử dụng đất", 1, None, 2),
        ),
        duration="10 ngày làm việc",
        due_at=at.replace(month=12, day=7),
        collect_at="Trung tâm Phục vụ hành chính công xã Lệ Thủy",
        book="01/2026",
        book_entry=f"{number:04d}",
        clerk="Lê Thị Hồng Gấm",
    )


def bare(pages: Sheets, one: Slip) -> bytes:
    """The same page by reportlab's canvas: everything is placed already, the symbols are not."""
    stream = BytesIO()
    canvas = Canvas(stream, pageCompression=1, lang="vi-VN")
    qr, bars = qr_matrix(one.link or ""), barcode(one.code)
    for page in pages:
        canvas.setPageSize((page.width, page.height))
        for group in page.placed:
            for mark in group.marks:
                x, y = mark.x + group.x, page.height - mark.y - group.y
                if isinstance(mark, Words):
                    canvas.setFont(mark.face, mark.size)
                    canvas.drawString(x, y, mark.text)
                elif isinstance(mark, Line):
                    canvas.setLineWidth(mark.weight)
                    canvas.line(x, y, mark.x2 + group.x, page.height - mark.y2 - group.y)
                elif isinstance(mark, Frame):
                    canvas.setLineWidth(mark.weight)
                    canvas.rect(x, y - mark.height, mark.width, mark.height)
                elif isinstance(mark, Cells):
                    is_qr = mark.cell == mark.cell_height
                    lines = [Rectangle(at, 0, width, 1) for at, width in bars.bars()]
                    _symbol(canvas, mark, (x, y), list(qr.rectangles()) if is_qr else lines)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _symbol(
    canvas: Canvas,
    cells: Cells,
    at: tuple[float, float],
    dark: list[Rectangle],
) -> None:
    path = canvas.beginPath()
    for x, y, width, height in dark:
        path.rect(
            at[0] + x * cells.cell,
            at[1] - (y + height) * cells.cell_height,
            width * cells.cell,
            height * cells.cell_height,
        )
    canvas.drawPath(path, stroke=0, fill=1)


def sheets(one: Slip) -> Sheets:
    """The slip's pages as marks, with its copy mark on them."""
    layout = laid_out(one, Size.A5, 1)
    own = layout.copy_marks[0]
    return [
        replace(page, placed=(*page.placed, *marks))
        for page, marks in zip(layout.pages, own, strict=True)
    ]


def per_second(make: Callable[[int], bytes]) -> float:
    """Slips per second of CPU: neighbours on the machine must not count."""
    began = process_time()
    for number in range(SLIPS):
        make(number)
    return SLIPS / (process_time() - began)


def rates() -> tuple[list[float], list[float]]:
    """Ours and bare, in turns; every slip has another code and another QR."""
    ours, floors = [], []
    for turn in range(ROUNDS):
        slips = [slip(turn * SLIPS + number) for number in range(SLIPS)]
        pages = [sheets(one) for one in slips]
        fresh = [slip(5_000 + turn * SLIPS + number) for number in range(SLIPS)]
        floors.append(per_second(lambda at, p=pages, s=slips: bare(p[at], s[at])))  # type: ignore[misc]
        ours.append(per_second(lambda at, s=fresh: render_slip(s[at], copies=1)))  # type: ignore[misc]
    return ours, floors


def _day(count: int) -> Iterator[Slip]:
    return (slip(number) for number in range(count))


def _peak_mib(count: int) -> float:
    """A process's most memory while it writes so many slips; in a process of its own."""
    command = [sys.executable, "-m", "bench.slips", str(count)]
    told = subprocess.run(command, capture_output=True, check=True, text=True)
    return float(told.stdout)


def batch_of(count: int) -> float:
    """Write a batch to nowhere; the most MiB this process has held meanwhile."""
    most = 0

    def watch(_done: int) -> None:
        nonlocal most
        most = max(most, psutil.Process().memory_info().rss)

    with open(os.devnull, "wb") as nowhere:
        render_batch(_day(count), nowhere, progress=watch)
    return most / 2**20


def run() -> list[Row]:
    """Slips one by one against the floor, and a day's batch."""
    for face in (SERIF, SERIF_BOLD, SERIF_ITALIC):
        pdfmetrics.registerFont(font(face))
    per_second(lambda number: render_slip(slip(9_000 + number), copies=1))
    ours, floors = rates()
    ratio = statistics.median(mine / floor for mine, floor in zip(ours, floors, strict=True))
    few, many = _peak_mib(DAY // 10), _peak_mib(DAY)
    began = process_time()
    render_batch(_day(DAY), BytesIO())
    day = DAY / (process_time() - began)
    return [
        Row(
            "slips per CPU second, A5 with QR and bar code, a PDF each",
            f"{statistics.median(ours):.0f}",
            f"bare reportlab {statistics.median(floors):.0f}",
            f"{ratio:.2f}",
            f"≥ {BAR} ×",
            ratio >= BAR,
        ),
        Row(f"… {DAY} slips of 2 copies in one PDF", f"{day:.0f} slips per CPU second"),
        Row(
            f"… memory of {DAY} slips",
            f"{many:.1f} MiB",
            f"of {DAY // 10} slips {few:.1f} MiB",
            f"+{many - few:.1f} MiB",
            f"flat (≤ {MOST_GROWTH_MIB:.0f} MiB more)",
            many - few <= MOST_GROWTH_MIB,
        ),
    ]


if __name__ == "__main__":
    print(batch_of(int(sys.argv[1])))
