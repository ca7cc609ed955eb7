"""Photographs a slip badly: turned, slanted, crumpled, blurred, dark, shadowed, in a glare."""

import io
import math
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageFilter

from tests.photos.paper import Paper, Random

MESH = 24  # cells across; each is bent by itself
CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo as it is sent, and what was done to it. Units: `blur` and `motion` in modules."""

    content: bytes
    size: tuple[int, int]
    blur: float = 0.0
    motion: float = 0.0
    faults: frozenset[str] = field(default_factory=frozenset)


def photograph(paper: Paper, random: Random, shares: tuple[float, float] = (0.03, 0.15)) -> Shot:
    """One photo of the paper; the same random numbers give the same photo.

    Shape: the square of the code's width takes between `shares` of the photo's area.
    """
    size = _size(random)
    side = math.sqrt(random.uniform(*shares) * size[0] * size[1])
    zoom = side / (paper.code[2] - paper.code[0])
    faults = set()
    crumple = 0.0
    if random.random() < 0.6:
        faults.add("crumple")
        crumple = random.uniform(0.3, 1.0)
    camera = _Camera(paper, size, zoom, crumple, random)
    scene = _placed(paper, camera, random)
    light = _light(camera, side, faults, random)
    module = paper.module * zoom * camera.squeeze
    seen, blur, motion = _blurred(scene, module, random)
    pixels = np.asarray(seen, dtype=np.float32) * light
    if random.random() < 0.45:
        faults.add("low light")
        pixels = _noisy(pixels * np.float32(random.uniform(0.16, 0.5)), random)
    else:
        pixels += _grain(pixels.shape, 2.0, random)
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    packed = io.BytesIO()
    tinted = Image.merge(
        "RGB", (image, image.point(lambda v: v * 0.97), image.point(lambda v: v * 0.9))
    )
    tinted.save(packed, "JPEG", quality=int(random.integers(20, 61)))
    return Shot(packed.getvalue(), size, blur, motion, frozenset(faults))


def _size(random: Random) -> tuple[int, int]:
    long = int(random.uniform(640, 3000))
    short = int(long * random.choice([0.75, 0.5625]))
    return (long, short) if random.random() < 0.5 else (short, long)


def _placed(paper: Paper, camera: "_Camera", random: Random) -> Image.Image:
    """The paper seen by a slanted camera: a mesh of small quadrangles, each drawn by itself."""
    size = camera.size
    table = int(random.integers(60, 200))
    small = max(1.0, 1 / camera.zoom)
    source = paper.image
    if small > 1.4:  # a camera's pixel gathers the light of its whole square
        source = source.filter(ImageFilter.BoxBlur((small - 1) / 2))
    framed = Image.new("L", (source.width + 4, source.height + 4), table)
    framed.paste(source, (2, 2))
    xs = np.linspace(0, size[0], MESH + 1).round().astype(int)
    ys = np.linspace(0, size[1], MESH + 1).round().astype(int)
    at_x, at_y = camera.on_paper(*np.meshgrid(xs, ys))
    mesh = []
    for row in range(MESH):
        for column in range(MESH):
            box = (int(xs[column]), int(ys[row]), int(xs[column + 1]), int(ys[row + 1]))
            corners = ((row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1))
            quad = [float(part) + 2 for at in corners for part in (at_x[at], at_y[at])]
            mesh.append((box, tuple(quad)))
    return framed.transform(
        size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR, fillcolor=table
    )


class _Camera:
    """Where each pixel of the photo lies on the paper."""

    def __init__(
        self, paper: Paper, size: tuple[int, int], zoom: float, crumple: float, random: Random
    ) -> None:
        self.size = size
        left, top, right, bottom = paper.code
        self._middle = ((left + right) / 2, (top + bottom) / 2)
        side = (right - left) * zoom
        free = [max(0.0, edge / 2 - 0.75 * side) for edge in size]
        self.centre = [
            edge / 2 + random.uniform(-1, 1) * f for edge, f in zip(size, free, strict=True)
        ]
        self._turn = random.uniform(0, 2 * math.pi)
        self.zoom = zoom
        self._slant = random.normal(0, 0.13, 2).clip(-0.3, 0.3) / (2.2 * side)
        self.squeeze = random.uniform(0.85, 1.0)
        self._waves = [
            (
                random.uniform(0, 2 * math.pi),
                2 * math.pi / ((right - left) * random.uniform(0.6, 2.5)),
                random.uniform(0, 2 * math.pi),
                crumple * paper.module * random.uniform(0.1, 0.58),
            )
            for _ in range(5)
        ]

    def on_paper(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        dx, dy = x - self.centre[0], y - self.centre[1]
        depth = 1 + self._slant[0] * dx + self._slant[1] * dy
        depth = np.where(depth < 0.2, 0.2, depth)
        dx, dy = dx / depth, dy / depth / self.squeeze
        cos, sin = math.cos(self._turn), math.sin(self._turn)
        px = self._middle[0] + (cos * dx - sin * dy) / self.zoom
        py = self._middle[1] + (sin * dx + cos * dy) / self.zoom
        for way, often, start, far in self._waves:
            lift = far * np.sin(often * (px * math.cos(way) + py * math.sin(way)) + start)
            px, py = px + lift * math.sin(way), py + lift * math.cos(way)
        return px, py


def _light(camera: "_Camera", side: float, faults: set[str], random: Random) -> np.ndarray:
    """How bright each pixel is lit; a glare, near or on the code, is far above 1."""
    width, height = camera.size
    y, x = np.mgrid[0:height:4, 0:width:4].astype(np.float32)
    way = random.uniform(0, 2 * math.pi)
    slope = (x * math.cos(way) + y * math.sin(way)) / max(camera.size)
    light = 1 + random.uniform(-0.3, 0.3) * (slope - slope.mean())
    if random.random() < 0.6:
        faults.add("shadow")
        edge = (x - camera.centre[0]) * math.cos(way) + (y - camera.centre[1]) * math.sin(way)
        edge = edge / side + random.uniform(-0.6, 0.6)
        soft = random.uniform(0.01, 0.3)
        light *= 1 - random.uniform(0.3, 0.65) / (1 + np.exp(np.clip(-edge / soft, -60, 60)))
    if random.random() < 0.35:
        faults.add("glare")
        far, angle = random.uniform(0.3, 0.95) * side, random.uniform(0, 2 * math.pi)
        wide = side * random.uniform(0.10, 0.32)
        dx = x - camera.centre[0] - far * math.cos(angle)
        dy = y - camera.centre[1] - far * math.sin(angle)
        light += random.uniform(1.0, 6.0) * np.exp(-(dx * dx + dy * dy) / (2 * wide * wide))
    full = Image.fromarray(light.astype(np.float32)).resize(camera.size, Image.Resampling.BILINEAR)
    return np.asarray(full)


def _blurred(scene: Image.Image, module: float, random: Random) -> tuple[Image.Image, float, float]:
    chance = random.random()
    if chance < 0.5:
        blur = random.uniform(0.05, 0.48)
        return scene.filter(ImageFilter.GaussianBlur(blur * module)), blur, 0.0
    if chance < 0.85:
        motion = random.uniform(0.3, 1.35)
        return _moved(scene, motion * module, random.uniform(0, math.pi)), 0.0, motion
    return scene, 0.0, 0.0


def _moved(scene: Image.Image, far: float, way: float) -> Image.Image:
    """The mean of the scene along a line: the hand shook."""
    steps = max(2, min(24, round(far)))
    total = np.zeros((scene.height, scene.width), dtype=np.float32)
    for at in np.linspace(-far / 2, far / 2, steps):
        shift = (1, 0, at * math.cos(way), 0, 1, at * math.sin(way))
        moved = scene.transform(
            scene.size, Image.Transform.AFFINE, shift, Image.Resampling.BILINEAR, fillcolor=128
        )
        total += np.asarray(moved, dtype=np.float32)
    return Image.fromarray((total / steps).astype(np.uint8))


def _noisy(pixels: np.ndarray, random: Random) -> np.ndarray:
    """The grain of a dark photo, and then the phone's own brightening."""
    strong = random.uniform(1.5, 5.0)
    grown: np.ndarray = pixels + _grain(pixels.shape, strong, random)
    return grown * np.float32(random.uniform(1.0, 2.2))


def _grain(shape: tuple[int, ...], strong: float, random: Random) -> np.ndarray:
    return random.standard_normal(shape, dtype=np.float32) * np.float32(strong)
