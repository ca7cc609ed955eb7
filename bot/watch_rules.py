"""From where on those who watch are told: the figures of bot/data/watching.toml."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rhythm(_Rules):
    """Who feeds by so many calls on a day is silent after so many working hours."""

    calls: float = Field(ge=0)
    hours: float = Field(gt=0)


class Silence(_Rules):
    """Which agencies are expected to feed, and when they are silent."""

    days: int = Field(gt=0)
    days_fed: int = Field(gt=0)
    rhythms: tuple[Rhythm, ...]

    def hours(self, calls_a_day: float) -> float:
        """After how many working hours without a call an agency of this rhythm is silent."""
        return next(one.hours for one in self.rhythms if calls_a_day >= one.calls)


class Ways(_Rules):
    """Hand-overs to carriers."""

    calls: int
    errors_percent: float
    arrived_percent: float


class Money(_Rules):
    """What is left."""

    low_dong: int
    quota_percent: float


class Tokens(_Rules):
    """How long before the end."""

    access_hours: float
    refresh_days: float


class Queues(_Rules):
    """Units: seconds that the oldest may wait."""

    inbox: float
    chat: float
    notice: float


class House(_Rules):
    """The machine itself."""

    disk_percent: float
    clock_seconds: float
    promptness_percent: float


class WatchRules(_Rules):
    """Every figure, read once."""

    silence: Silence
    ways: Ways
    money: Money
    tokens: Tokens
    queues: Queues
    house: House


@cache
def watch_rules() -> WatchRules:
    """The figures that are shipped.

    Errors: ValidationError naming the figure that cannot be.
    """
    text = files("bot").joinpath("data", "watching.toml").read_text(encoding="utf-8")
    return WatchRules.model_validate(tomllib.loads(text))
