"""A process that asks for a renewal, for tests with several of them: DATABASE OAUTH WHAT."""

import sys

from bot.logs import configure_logs
from bot.renew import TokenSource, renew_if_due
from tests.make import make_runtime


def main(database_url: str, oauth_url: str, what: str) -> None:
    """Renew what is due, or ask for a newer token than the one `what` names."""
    configure_logs()
    runtime = make_runtime(database_url, zalo_oauth_url=oauth_url)
    if what == "due":
        print(renew_if_due(runtime), flush=True)
    else:
        print(TokenSource(runtime).after_refusal(what), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
