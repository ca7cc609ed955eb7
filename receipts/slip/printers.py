"""Sends a mini-slip to a thermal printer: a file, the network or USB, always as a raster.

The printer's own text mode has no code page with all Vietnamese letters: "ế" would come out as "?".
"""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from socket import create_connection
from typing import ClassVar

from escpos.capabilities import Profile
from escpos.escpos import Escpos
from escpos.exceptions import Error as EscposError
from escpos.printer import File, Network, Usb
from PIL import Image
from usb.core import NoBackendError

PORT = 9100  # raw printing, on every printer with a network socket
_SECONDS = 10
_MAX_PORT = 65_535
_WIDEST = 4096  # dots; no printer's line is longer


class PrinterFault(RuntimeError):
    """The printer did not take the slip; the message says which and why, in one line."""


class Way(StrEnum):
    """How a printer is reached."""

    FILE = "file"
    NETWORK = "tcp"
    USB = "usb"


@dataclass(frozen=True, slots=True)
class PrinterAddress:
    """Where a printer is; `place` is a path, a host, or nothing. Units: USB ids as numbers."""

    way: Way
    place: str = ""
    port: int = PORT
    vendor: int = 0
    product: int = 0

    def __str__(self) -> str:
        if self.way is Way.USB:
            return f"usb:{self.vendor:04x}:{self.product:04x}"
        return f"{self.way}:{self.place}" + (f":{self.port}" if self.way is Way.NETWORK else "")


def printer_address(text: str) -> PrinterAddress:
    """Read `file:PATH`, `tcp:HOST[:PORT]` or `usb:VENDOR:PRODUCT` (four hexadecimal digits each).

    Errors: ValueError for anything else.
    """
    way, _, rest = text.partition(":")
    readers: dict[str, Callable[[str], PrinterAddress]] = {
        Way.FILE: lambda path: PrinterAddress(Way.FILE, path),
        Way.NETWORK: _network,
        Way.USB: _usb,
    }
    if way not in readers or not rest:
        raise ValueError(
            f"{text!r} is no printer; expected file:PATH, tcp:HOST[:PORT] or usb:VENDOR:PRODUCT"
        )
    return readers[way](rest)


def _network(rest: str) -> PrinterAddress:
    host, colon, port = rest.rpartition(":")
    if not colon:
        return PrinterAddress(Way.NETWORK, rest)
    if not port.isdecimal() or not 0 < int(port) <= _MAX_PORT or not host:
        raise ValueError(f"tcp:{rest}: expected tcp:HOST or tcp:HOST:PORT")
    return PrinterAddress(Way.NETWORK, host, int(port))


def _usb(rest: str) -> PrinterAddress:
    try:
        vendor, product = (int(part, 16) for part in rest.split(":"))
    except ValueError as fault:
        raise ValueError(f"usb:{rest}: expected usb:04b8:0e15, as lsusb shows it") from fault
    return PrinterAddress(Way.USB, vendor=vendor, product=product)


def print_images(address: PrinterAddress, images: Iterable[Image.Image]) -> int:
    """Print each image and cut the paper after it; how many.

    Shape:  images of mode "1", as wide as the printer's line.
    Errors: PrinterFault when the printer cannot be reached or stops taking data.
    """
    count = 0
    try:
        with closing(_opened(address)) as printer:
            for image in images:
                printer.image(image, impl="bitImageRaster", center=False)
                printer.cut()
                count += 1
    except NoBackendError as fault:
        raise PrinterFault(f"{address}: this machine has no libusb; install it") from fault
    except (EscposError, OSError) as fault:
        reason = " ".join(str(fault).split()) or type(fault).__name__
        raise PrinterFault(f"{address}: {reason}") from fault
    return count


class _AnyPrinter(Profile):  # type: ignore[misc]  # made at run time by its library
    """A printer of whatever width that can cut: images come in its own dots already."""

    profile_data: ClassVar[dict[str, object]] = {
        **Profile.profile_data,
        "media": {"width": {"pixels": _WIDEST}},
    }


class _Socket(Network):  # type: ignore[misc]  # its library has no types
    """A network printer that is let go of when it cannot be reached."""

    def open(self, raise_not_found: bool = True) -> None:  # noqa: ARG002  # its library's form
        self.device = create_connection((self.host, self.port), self.timeout)


def _opened(address: PrinterAddress) -> Escpos:
    printer: Escpos
    profile = _AnyPrinter(features={"paperFullCut": True, "paperPartCut": True})
    if address.way is Way.FILE:
        printer = File(address.place, profile=profile)
    elif address.way is Way.NETWORK:
        printer = _Socket(address.place, port=address.port, timeout=_SECONDS, profile=profile)
    else:
        printer = Usb(address.vendor, address.product, profile=profile)
    printer.open()
    return printer
