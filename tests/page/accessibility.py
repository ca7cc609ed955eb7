"""What axe-core finds wrong with a page for people who do not see, point or read small print."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.flatMap(one => one.nodes.map(
    node => `${one.id}: ${one.help}: ${node.target.join(" ")}`));
}"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def barriers(page: Page) -> list[str]:
    """Every barrier axe-core sees, best practices included: rule, its words, the element."""
    page.evaluate(_axe())  # the debugger's door, which the page's own policy does not close
    found: list[str] = page.evaluate(RUN)
    return found
