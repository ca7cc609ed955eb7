"""The modules of a QR code are mended as the standard lays them out, in every version and level."""

import numpy as np
import pytest
import qrcode

from receipts.photo.words import VERSIONS, Bits, Format, agreement, likely_formats, mended

LEVELS = (0, 1, 2, 3)


def drawn(version: int, level: int) -> Bits:
    code = qrcode.QRCode(version=version, error_correction=level, border=0)
    code.add_data(f"H{version:02}.14")
    code.make(fit=False)
    return np.array(code.get_matrix(), dtype=bool)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_code_that_is_whole_comes_out_as_it_went_in(version: int, level: int) -> None:
    printed = drawn(version, level)
    dark = np.where(printed, 1.0, -1.0)
    assert agreement(dark, version) == 1.0
    form = likely_formats(dark, 1)[0]
    assert form.level == level
    out = mended(dark, version, form)
    assert out is not None
    assert (out == printed).all()


@pytest.mark.parametrize("seen", [0.0, 0.02])
def test_a_hidden_part_is_mended_when_it_is_known_to_be_doubtful(seen: float) -> None:
    printed = drawn(3, 0)
    dark = np.where(printed, 1.0, -1.0)
    dark[12:20, 12:22] = np.random.default_rng(1).normal(0, 0.01, (8, 10)) + seen
    out = mended(dark, 3, likely_formats(dark, 1)[0])
    assert out is not None
    assert (out == printed).all()


def test_the_format_is_read_though_half_of_it_is_hidden() -> None:
    dark = np.where(drawn(3, 0), 1.0, -1.0)
    expected = likely_formats(dark, 1)
    dark[:9, :9] = 0.0
    assert likely_formats(dark, 1) == expected


def test_noise_is_never_mended_into_a_code() -> None:
    random = np.random.default_rng(7)
    for _ in range(60):
        dark = random.normal(0, 1, (29, 29))
        assert agreement(dark, 3) < 0.6
        assert all(mended(dark, 3, form) is None for form in likely_formats(dark, 2))


def test_a_wrong_mask_mends_nothing() -> None:
    dark = np.where(drawn(3, 0), 1.0, -1.0)
    right = likely_formats(dark, 1)[0]
    assert mended(dark, 3, Format(right.level, (right.mask + 1) % 8)) is None
