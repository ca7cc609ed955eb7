"""`message list`: every message about a dossier."""

import click

from bot.cli.door import print_json, refuse, runtime_for
from bot.messages import messages_about


@click.group()
def message() -> None:
    """Messages."""


@message.command("list")
@click.option("--code", required=True, help="The dossier's receipt code.")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def list_messages(code: str, as_json: bool) -> None:
    """List every message about a dossier, oldest first."""
    found = messages_about(runtime_for(), code)
    if found is None:
        refuse(f"message list: no dossier has the code {code!r}; type it as on the slip")
    if as_json:
        print_json([one.as_dict() for one in found])
        return
    for one in found:
        click.echo("\t".join(str(value or "-") for value in one.as_dict().values()))
