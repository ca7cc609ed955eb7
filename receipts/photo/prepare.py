"""Makes a grey picture easier to read: another size, more contrast, sharper, smoother."""

from PIL import Image, ImageChops, ImageFilter

_GREY = 128


def resized(image: Image.Image, long_edge: int) -> Image.Image:
    """The picture with this many pixels on its long edge."""
    scale = long_edge / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    how = Image.Resampling.BICUBIC
    if scale < 1:
        how = Image.Resampling.BOX if scale < 0.5 else Image.Resampling.BILINEAR
    return image.resize(size, how)


def even_light(image: Image.Image, part: int, gain: float) -> Image.Image:
    """Shadows taken away: each pixel against the mean around it.

    Shape: the mean is over 1/`part` of the long edge; `gain` is how much differences grow.
    """
    around = image.filter(ImageFilter.BoxBlur(max(image.size) / part / 2))
    return ImageChops.subtract(image, around, 1 / gain, _GREY)


def black_and_white(image: Image.Image, part: int) -> Image.Image:
    """Dark or bright by the mean around each pixel."""
    around = image.filter(ImageFilter.BoxBlur(max(image.size) / part / 2))
    return ImageChops.subtract(image, around, 1, _GREY + 5).point(
        lambda value: 255 if value > _GREY else 0
    )


def sharpened(image: Image.Image, radius: float) -> Image.Image:
    """What a blur of about this many pixels has spilled, drawn back."""
    return image.filter(ImageFilter.UnsharpMask(radius, 200, 0))


def smoothed(image: Image.Image, radius: float) -> Image.Image:
    """Grain and the moiré of screens taken away."""
    return image.filter(ImageFilter.GaussianBlur(radius))


def turned(image: Image.Image, degrees: float) -> Image.Image:
    """The picture turned, on a ground of its own kind of grey."""
    return image.rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=_GREY)
