"""A PostgreSQL and one that stands by for it: killed, the other takes its place and loses nothing.

The primary tells of a commit only once the standby has it (synchronous replication): what a
province needs as well, or the last moment before a failover is lost.
"""

from tests.rig.postgres_server import PostgresServer


class PostgresPair:
    """Two servers on 127.0.0.1, of which one is the primary at any moment."""

    def __init__(self) -> None:
        self.primary, self.standby = PostgresServer(), PostgresServer()
        self.pair_up()

    def url(self, database: str) -> str:
        """An address that names both, as DATABASE_URL takes it: the one that takes writes counts.

        Source: PostgreSQL, libpq, "Specifying Multiple Hosts" and target_session_attrs.
        """
        servers = sorted((self.primary, self.standby), key=lambda one: one.port)
        hosts = "&".join(f"host=127.0.0.1:{one.port}" for one in servers)
        whom = self.primary.url(database).partition("@")[0]
        return f"{whom}@/{database}?{hosts}&target_session_attrs=read-write"

    def create_database(self) -> str:
        """Create a database with a name of its own; its name."""
        return self.primary.create_database()

    def stop(self) -> None:
        """The primary dies."""
        self.primary.stop()

    def start(self) -> None:
        """And comes back with all that it held."""
        self.primary.start()

    def fail_over(self) -> None:
        """The primary dies for good; the standby takes its place, alone for now."""
        self.primary.stop()
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary

    def pair_up(self) -> None:
        """Make the dead one the new standby, from a copy; from then on commits wait for it."""
        self.standby.follow(self.primary)
        self.primary.wait_for_standby(True)

    def close(self) -> None:
        """Stop both and delete their folders."""
        self.standby.close()
        self.primary.close()
