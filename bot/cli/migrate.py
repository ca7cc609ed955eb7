"""`migrate`: the database's way to the newest schema."""

import click

from bot.cli.door import refuse, settings_for
from bot.keep_wordings import keep_words_of
from bot.migrate import SchemaAhead, migrate
from bot.store.migration_patience import StillInUse


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema."""
    settings = settings_for(())
    try:
        migrate(settings.database_url)
        keep_words_of(settings)
    except OSError as fault:
        refuse(f"VAR_DIR: {settings.var_dir} cannot be written ({fault.strerror}); choose another")
    except SchemaAhead as fault:
        refuse(str(fault))
    except StillInUse as fault:
        refuse(f"database: {fault}")
    except Exception as fault:
        why = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        refuse(f"database: could not be migrated ({why}); start it or correct DATABASE_URL")
