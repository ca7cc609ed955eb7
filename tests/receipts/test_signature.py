"""The slip's signature: fixed for good, because it is printed."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from receipts.signature import LENGTH, signing_key, slip_signature, verify, verify_any

KEY = bytes(range(32))
CODE = "H56.14-240823-0001"


def test_a_printed_signature_stays_what_it_was() -> None:
    assert slip_signature(KEY, CODE) == "ILFBREIASN"


def test_it_is_short_and_of_letters_that_a_qr_packs_densely() -> None:
    mark = slip_signature(KEY, CODE)
    assert len(mark) == LENGTH
    assert set(mark) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@pytest.mark.parametrize("change", [str, str.lower, str.title])
def test_any_case_is_right(change: type[str]) -> None:
    assert verify(KEY, CODE, change(slip_signature(KEY, CODE)))


@pytest.mark.parametrize(
    ("key", "code", "mark"),
    [
        (KEY, "H56.14-240823-0002", slip_signature(KEY, CODE)),
        (bytes(32), CODE, slip_signature(KEY, CODE)),
        (KEY, CODE, slip_signature(KEY, CODE)[:-1]),
        (KEY, CODE, slip_signature(KEY, CODE) + "A"),
        (KEY, CODE, ""),
        (KEY, CODE, "ữ" * LENGTH),
        (KEY, CODE, "\ud800" * LENGTH),
    ],
    ids=["other code", "other key", "cut", "longer", "empty", "not ASCII", "a lone surrogate"],
)
def test_anything_else_is_wrong(key: bytes, code: str, mark: str) -> None:
    assert not verify(key, code, mark)


def test_a_signature_of_any_key_that_ever_held_is_right() -> None:
    older, oldest = bytes(32), b"k" * 32
    for key in (KEY, older, oldest):
        assert verify_any((KEY, older, oldest), CODE, slip_signature(key, CODE).lower())
    assert not verify_any((KEY, older), CODE, slip_signature(oldest, CODE))
    assert not verify_any((), CODE, slip_signature(KEY, CODE))


@pytest.mark.parametrize("secret", ["x" * 32, "một bí mật dài hơn ba mươi hai ký tự", "k" * 200])
def test_the_signing_key_is_hkdf_of_the_secret_as_another_library_has_it(secret: str) -> None:
    theirs = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"slip").derive(secret.encode())
    assert signing_key(secret) == theirs
