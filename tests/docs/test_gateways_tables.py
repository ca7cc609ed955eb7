"""docs/gateways.md lists every code of every gateway with the class that the product gives it."""

import re

import pytest

from bot.channels import esms, speedsms, vietguys
from bot.channels.sms_line import Rules
from tests.rig.tree import CHECKOUT

PAGE = (CHECKOUT / "docs" / "gateways.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([^`]+)` \| [^|]+ \| ([a-z]+)(\*?) \|$", re.MULTILINE)


@pytest.mark.parametrize(
    ("heading", "rules"),
    [("eSMS", esms.RULES), ("SpeedSMS", speedsms.RULES), ("VietGuys", vietguys.RULES)],
)
def test_the_page_says_what_the_table_does(heading: str, rules: Rules) -> None:
    _, _, behind = PAGE.partition(f"\n### {heading}\n")
    section, _, _ = behind.partition("\n#")
    told = {code: (again, bool(star)) for code, again, star in ROW.findall(section)}
    assert told == {code: (str(rule.again), bool(rule.do)) for code, rule in rules.items()}
