"""One thing the doctor found."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor; `level` is ok, warn or fail."""

    level: str
    what: str
    why: str
    do: str = ""

    def as_dict(self) -> dict[str, str]:
        """The form of the outside contract."""
        return asdict(self)

    def __str__(self) -> str:
        return "  ".join(part for part in (f"{self.level:4}", self.what, self.why, self.do) if part)
