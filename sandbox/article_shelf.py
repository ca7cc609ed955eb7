"""The articles that the OA handed in, and whom it sent which."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Article:
    """One article; `ready_at` on the sandbox's clock."""

    id: str
    token: str
    title: str
    description: str
    cover: str
    body: list[dict[str, Any]]
    ready_at: float


@dataclass(slots=True)
class Articles:
    """What the OA handed in, and whom it sent what to, in this run."""

    by_token: dict[str, Article] = field(default_factory=dict)
    by_id: dict[str, Article] = field(default_factory=dict)
    sent: list[float] = field(default_factory=list)
    got: dict[str, list[float]] = field(default_factory=dict)
