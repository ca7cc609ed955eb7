"""What a console password's hash costs whoever has stolen it."""

import runpy

from bot import passwords


def test_passwords_are_hashed_as_dearly_as_owasp_asks() -> None:
    product = runpy.run_path(str(passwords.__file__))  # as it is, not as tests hasten it
    assert product["hash_password"]("bốn mùa hoa phượng").startswith(
        "$argon2id$v=19$m=19456,t=2,p=1$"
    )
