"""`punchcard migrate`: the deploy step that changes schemas, by the role that owns them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kit import migrations
from punchcard import databases
from punchcard.home import Home
from punchcard.keys import Keys
from punchcard.problems import WrongUsage
from punchcard.reach import postgres_of
from punchcard.services import ServiceKind


def migrate(home: Home, kinds: Sequence[ServiceKind], owner_url: str | None) -> Iterator[tuple[str, str]]:
    """Service and revision, one by one. With `owner_url` exactly one service must be named."""
    if owner_url is not None:
        if len(kinds) != 1:
            raise WrongUsage("DATABASE_OWNER_URL is the database of one service: name that service.")
        yield kinds[0].name, migrations.upgrade(kinds[0].package, owner_url)
        return
    keys = Keys(home.keys)
    with postgres_of(home) as superuser:
        keys.ensure()
        for kind in kinds:
            databases.ensure_database(superuser, kind, keys)
            yield kind.name, migrations.upgrade(kind.package, databases.urls(superuser, kind, keys).owner)
