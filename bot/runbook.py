"""What each alarm means and what to do: the runbook, as the operators' pages show it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Advice:
    """One alarm's entry, in Vietnamese; `act` is what to do."""

    title: str
    means: str
    act: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is not as it should be.

    Shape: `name` is that of its entry and of the alert rule; `about` names the lane, channel, job
           or agency; `told` says what was found, in Vietnamese.
    """

    name: str
    about: str = ""
    told: str = ""

    @property
    def advice(self) -> Advice:
        """What it means and what to do."""
        return runbook()[self.name]

    def as_dict(self) -> dict[str, str]:
        """The form for machines."""
        advice = self.advice
        return {
            "alarm": self.name,
            "about": self.about,
            "told": self.told,
            "title": advice.title,
            "do": advice.act,
        }


@cache
def runbook() -> Mapping[str, Advice]:
    """Every entry, by the name of its alarm."""
    text = files("bot").joinpath("data", "runbook.toml").read_text(encoding="utf-8")
    return {name: Advice(**entry) for name, entry in tomllib.loads(text).items()}
