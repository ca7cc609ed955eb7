"""Why a whole call of the feed is refused, as the feed is told."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of form: of the dossier at `index` (from 0), or of the whole body without one."""

    message: str
    index: int | None = None
    field: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The fault without what it does not have."""
        parts = {"index": self.index, "field": self.field, "message": self.message}
        return {name: value for name, value in parts.items() if value is not None}


class Refused(Exception):
    """The call is answered with `status`, and nothing of it is stored.

    `error` is the word a program can act on, `message` the sentence for the person behind it.
    """

    def __init__(
        self, status: int, error: str, message: str, faults: tuple[Fault, ...] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message
        self.faults = faults

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        answer: dict[str, Any] = {"error": self.error, "message": self.message}
        if self.faults:
            answer["errors"] = [fault.as_json() for fault in self.faults]
        return answer


def form_refused(*faults: Fault, more: bool = False) -> Refused:
    """A body whose form is wrong; `more` when there are faults beyond those named."""
    many = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
    many = f"more than {many}, the first of them" if more else many
    return Refused(
        400, "form", f"nothing was stored; {many} of form named below; correct and resend", faults
    )
