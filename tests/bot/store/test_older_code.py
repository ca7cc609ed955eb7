"""Migrations beside running older code: add, move, and take away only where the name says so."""

import ast
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from bot.core.schema import Revision
from bot.database import MIGRATIONS, newest_schema, present_schema, schema_fault
from bot.migrate import SchemaAhead, migrate
from tests.make import fresh_schema

# Those before had no older code in use beside them.
FIRST_UNDER_THE_RULE = 9
# What older code trips over: it may read, write or name what is gone or demanded.
TAKES_AWAY = {
    "drop_table",
    "drop_column",
    "rename_table",
    "alter_column",
    "drop_constraint",
    "create_check_constraint",
    "create_foreign_key",
    "create_unique_constraint",
}
HARMLESS = {"nullable": True}  # alter_column that only lets more through


def migrations() -> Iterator[tuple[str, ast.Module]]:
    """Revision and source of each migration under the rule."""
    for path in sorted((MIGRATIONS / "versions").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = next(
            node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "revision"
            and isinstance(node.value, ast.Constant)
        )
        if Revision(str(named)).number >= FIRST_UNDER_THE_RULE:
            yield str(named), tree


def taken_away(tree: ast.Module) -> list[str]:
    """What an upgrade does that older code could not live with."""
    upgrade = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "upgrade")
    new = {_first_word(call) for call in _calls(tree, "create_table")}
    found = []
    for node in ast.walk(upgrade):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, words = node.func.attr, {one.arg: one.value for one in node.keywords}
        if name in TAKES_AWAY and not _only_loosens(name, words):
            found.append(f"line {node.lineno}: {name}")
        if name == "create_index" and _is(words.get("unique"), True) and _table_of(node) not in new:
            found.append(f"line {node.lineno}: a unique index on a table that is in use")
        if name == "add_column":
            found += _demanded(node)
    return found


def _demanded(call: ast.Call) -> list[str]:
    """A new column that older code's inserts would have to fill."""
    for one in ast.walk(call):
        if isinstance(one, ast.Call) and ast.unparse(one.func) == "sa.Column":
            words = {word.arg: word.value for word in one.keywords}
            if _is(words.get("nullable"), False) and "server_default" not in words:
                return [f"line {call.lineno}: a column that must be filled, without server_default"]
    return []


def _only_loosens(name: str, words: dict[str | None, ast.expr]) -> bool:
    if name != "alter_column":
        return False
    changed = {word for word in words if word and not word.startswith("existing_")}
    return changed == {"nullable"} and _is(words["nullable"], True)


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(f".{name}"):
            yield node


def _first_word(call: ast.Call) -> str:
    return ast.unparse(call.args[0]) if call.args else ""


def _table_of(call: ast.Call) -> str:
    return ast.unparse(call.args[1]) if len(call.args) > 1 else ""


def _is(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def test_a_migration_that_takes_away_says_so_in_its_name() -> None:
    silent = {
        revision: what
        for revision, tree in migrations()
        if (what := taken_away(tree)) and Revision(revision).needs < Revision(revision).number
    }
    assert not silent, "name it NNNN_needs_NNNN (bot/core/schema.py), or add first and drop later"


def test_every_migration_carries_on_what_those_before_it_need() -> None:
    needs = [Revision(revision).needs for revision, _ in migrations()]
    assert needs
    assert needs == sorted(needs)
    assert all(Revision(revision).number >= 0 for revision, _ in migrations())


@pytest.mark.parametrize(
    "line",
    [
        'op.drop_column("notice", "lane")',
        'op.rename_table("notice", "message")',
        'op.add_column("notice", sa.Column("a", sa.Integer(), nullable=False))',
        'op.alter_column("notice", "lane", nullable=False)',
        'op.create_index("ix", "notice", ["lane"], unique=True)',
        'batch.drop_column("lane")',
    ],
)
def test_what_older_code_trips_over_is_seen(line: str) -> None:
    assert taken_away(ast.parse(f"def upgrade():\n    {line}"))


@pytest.mark.parametrize(
    "line",
    [
        'op.create_table("new", sa.Column("a", sa.Integer(), nullable=False))',
        'op.add_column("notice", sa.Column("a", sa.Integer(), nullable=True))',
        'op.add_column("n", sa.Column("a", sa.Integer(), nullable=False, server_default="0"))',
        'op.alter_column("notice", "lane", existing_type=sa.String(8), nullable=True)',
        'op.create_index("ix", "notice", ["lane"])',
    ],
)
def test_what_only_adds_is_let_through(line: str) -> None:
    assert taken_away(ast.parse(f"def upgrade():\n    {line}")) == []


def test_a_newer_schema_is_worked_on_while_it_only_added(database_url: str) -> None:
    """What an older process finds that is started again beside the new version."""
    fresh_schema(database_url)
    number = Revision(newest_schema()).number
    ahead, broken = f"{number + 1:04d}", f"{number + 2:04d}_needs_{number + 1:04d}"
    engine = create_engine(database_url)
    for name, fault in ((ahead, False), (broken, True)):
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": name})
            assert bool(schema_fault(present_schema(connection))) is fault
    with pytest.raises(SchemaAhead, match=r"cannot work on any more; start the newer version"):
        migrate(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": ahead})
    migrate(database_url)
    with engine.begin() as connection:
        assert present_schema(connection) == ahead
    engine.dispose()
