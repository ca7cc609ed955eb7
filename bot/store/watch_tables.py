"""The tables of what is watched: timed jobs, workers, gateways' balances, how prompt days were."""

from sqlalchemy import BigInteger, Column, Date, Integer, String, Table

from bot.store.tables import Instant, metadata

timed_job = Table(
    "timed_job",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("lease", String(40)),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("fault", String(300)),
    Column("succeeded_at", Instant),  # when a run last ended without a fault
)

worker_sign = Table(
    "worker_sign",
    metadata,
    Column("worker", String(80), primary_key=True),
    Column("lane", String(8), nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("clock_at", Instant),  # the database's own clock at that moment
)

# What a gateway said is left of our money; NULL while it never told.
gateway_balance = Table(
    "gateway_balance",
    metadata,
    Column("gateway", String(16), primary_key=True),
    Column("dong", BigInteger),
    Column("told_at", Instant),
    Column("asked_at", Instant, nullable=False),
    Column("fault", String(100)),  # of the newest asking; NULL when it was answered
)

# One local day: how many notices became due, and how many a carrier had within ten seconds.
prompt_day = Table(
    "prompt_day",
    metadata,
    Column("day", Date, primary_key=True, autoincrement=False),
    Column("due", Integer, nullable=False),
    Column("prompt", Integer, nullable=False),
    Column("reckoned_at", Instant, nullable=False),
)
