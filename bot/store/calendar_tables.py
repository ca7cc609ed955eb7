"""The tables of the working calendar: years that were entered, and single days by hand."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    SmallInteger,
    String,
    Table,
)

from bot.store.tables import Id, Instant, metadata

# A year whose list stands in place of the packaged one.
calendar_year = Table(
    "calendar_year",
    metadata,
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("mark", String(10), nullable=False),  # confirmed | computed
    Column("source", String(300), nullable=False),  # the notice's number and date
    Column("note", String(1000), nullable=False),
    Column("at", Instant, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id")),  # NULL: a command
)

# Days against the plain week: those of a year's list, and those entered by hand, which hold over
# every list, stored or packaged.
calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("by_hand", Boolean, primary_key=True),
    Column("works", Boolean, nullable=False),
    Column("why", String(300), nullable=False),
    Column("at", Instant, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id")),
)

# One row: what is stored has this version. A version is random and never comes again, so that a
# process may keep what it read under one, also over a database put back from a copy.
calendar_version = Table(
    "calendar_version",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),  # 1
    Column("version", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id")),
)
