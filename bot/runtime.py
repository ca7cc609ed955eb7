"""What every verb is handed: settings, database, vault, bell, clock, texts, metrics."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from bot.bell import Bell, RqBell, SilentBell, ThreadedBell, quick_redis
from bot.database import make_engine
from bot.metrics import Metrics, own_metrics, shared_metrics
from bot.replica import Replica
from bot.settings import Settings
from bot.texts.catalogue import Catalogue, load_catalogue
from bot.texts.present import PresentTexts
from bot.vault import Vault

REPLICA_POOL = 2  # of a process: pages of the books are few

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Runtime:
    """Built at the door, passed by hand; holds no connection until it is used."""

    settings: Settings
    engine: Engine
    vault: Vault
    bell: Bell
    clock: Clock
    wording: PresentTexts
    metrics: Metrics
    replica: Replica | None = None  # for bot/books_source.py alone

    @property
    def texts(self) -> Catalogue:
        """What is said to citizens; bot/present_texts.py takes changed words over."""
        return self.wording.catalogue

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Every database that is asked."""
        return (self.engine, self.replica.engine) if self.replica else (self.engine,)

    def now(self) -> datetime:
        """This moment, in UTC, shifted by CLOCK_OFFSET_SECONDS."""
        return self.clock()

    def today(self) -> date:
        """Today's date where the province is."""
        return self.now().astimezone(self.settings.zone).date()


def shifted_clock(offset_seconds: int) -> Clock:
    """The system's clock moved by an offset, for rehearsal and acceptance."""
    offset = timedelta(seconds=offset_seconds)
    return lambda: datetime.now(UTC) + offset


def build_runtime(
    settings: Settings, pool_size: int | None = None, service: bool = True
) -> Runtime:
    """Assemble a runtime from settings; opens nothing yet.

    Shape: `pool_size` connections are kept, DATABASE_POOL where it is not told. `service` is False
           for one-off commands, which count for nobody and may wait for the bell.
    """
    bell: Bell = SilentBell()
    if settings.redis_url:
        bell = RqBell(quick_redis(settings.redis_url))
        bell = ThreadedBell(bell) if service else bell
    pooled = settings.database_pooler == "transaction"
    clock = shifted_clock(settings.clock_offset_seconds)
    return Runtime(
        settings=settings,
        engine=make_engine(settings.database_url, pool_size or settings.database_pool, pooled),
        vault=Vault(settings.field_keys),
        bell=bell,
        clock=clock,
        wording=PresentTexts(load_catalogue()),
        metrics=shared_metrics(settings.var_dir / "metrics") if service else own_metrics(),
        replica=_replica(settings, pooled, clock),
    )


def _replica(settings: Settings, pooled: bool, clock: Clock) -> Replica | None:
    url, most = settings.database_read_url, timedelta(minutes=settings.database_read_minutes)
    if not url:
        return None
    return Replica(make_engine(url, REPLICA_POOL, pooled), make_engine(url, 1, pooled), most, clock)
