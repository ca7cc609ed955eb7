"""Thermal printers: what reaches a file and a socket, and what is said when none is there."""

import socket
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from receipts.slip.mini import render_mini
from receipts.slip.printers import (
    PORT,
    PrinterAddress,
    PrinterFault,
    Way,
    print_images,
    printer_address,
)
from tests.receipts.slip.printed import LINK, make_slip, symbols_in

RASTER = b"\x1dv0\x00"
CUT = b"\x1dV"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("file:out.bin", PrinterAddress(Way.FILE, "out.bin")),
        ("file:C:/x", PrinterAddress(Way.FILE, "C:/x")),
        ("tcp:192.168.1.50", PrinterAddress(Way.NETWORK, "192.168.1.50", PORT)),
        ("tcp:printer.local:9101", PrinterAddress(Way.NETWORK, "printer.local", 9101)),
        ("usb:04b8:0e15", PrinterAddress(Way.USB, vendor=0x04B8, product=0x0E15)),
    ],
)
def test_an_address_is_read_and_told_again(text: str, address: PrinterAddress) -> None:
    assert printer_address(text) == address
    assert printer_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "printer",
        "lpt:1",
        "file:",
        "tcp:",
        "tcp:host:0",
        "tcp:host:99999",
        "tcp::1",
        "usb:1",
        "usb:x:y",
    ],
)
def test_what_is_no_printer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        printer_address(text)


def raster_in(sent: bytes) -> Image.Image:
    """What a printer would set from these bytes, by the command's manual (GS v 0)."""
    parts, at = [], sent.find(RASTER)
    while at >= 0:
        wide = int.from_bytes(sent[at + 4 : at + 6], "little") * 8
        high = int.from_bytes(sent[at + 6 : at + 8], "little")
        data = sent[at + 8 : at + 8 + wide // 8 * high]
        parts.append(Image.frombytes("1", (wide, high), bytes(255 - byte for byte in data)))
        at = sent.find(RASTER, at + 8 + len(data))
    whole = Image.new("1", (parts[0].width, sum(part.height for part in parts)), 1)
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    return whole


def test_a_file_gets_the_slip_dot_for_dot_and_a_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = render_mini(make_slip())
    out = tmp_path / "printer"
    assert print_images(PrinterAddress(Way.FILE, str(out)), [image]) == 1
    sent = out.read_bytes()
    assert raster_in(sent).tobytes() == image.tobytes()
    assert symbols_in(raster_in(sent))["qrcode"] == LINK
    assert sent.count(CUT) == 1
    assert capsys.readouterr() == ("", "")


def test_a_network_printer_gets_the_same_bytes_as_a_file(tmp_path: Path) -> None:
    images = [render_mini(make_slip()), render_mini(make_slip(), 58)]
    out = tmp_path / "printer"
    print_images(PrinterAddress(Way.FILE, str(out)), images)
    with socket.create_server(("127.0.0.1", 0)) as server:
        got: list[bytes] = []

        def take() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as stream:
                got.append(stream.read())

        reader = Thread(target=take)
        reader.start()
        port = server.getsockname()[1]
        assert print_images(PrinterAddress(Way.NETWORK, "127.0.0.1", port), images) == 2
        reader.join(timeout=20)
    assert got == [out.read_bytes()]
    assert got[0].count(CUT) == 2


@pytest.mark.parametrize(
    "address",
    ["tcp:127.0.0.1:1", "usb:04b8:0e15", "file:/nowhere/at/all"],
)
def test_a_printer_that_is_not_there_is_named_in_one_line(address: str) -> None:
    with pytest.raises(PrinterFault, match=address) as told:
        print_images(printer_address(address), [render_mini(make_slip())])
    assert "\n" not in str(told.value)
