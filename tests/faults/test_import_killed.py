"""kill -9 in the middle of an import of many chunks: it goes on, and each row is there once, in its order."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from punchcard.transfer import importing
from punchcard.transfer.admin import Access
from punchcard.transfer.files import Format, Kind

CARDS, ROWS_EACH = 40, 100


@pytest.fixture
def history(shop, tmp_path):
    """Cards, and a file with rows of their past."""
    cards = [shop.enrol() for _ in range(CARDS)]
    begin = datetime.now(UTC) - timedelta(days=ROWS_EACH)
    path = tmp_path / "history.jsonl"
    with path.open("w") as file:
        for day in range(ROWS_EACH):
            at = (begin + timedelta(days=day)).isoformat()
            for card in cards:
                row = {"card": card["card_number"], "type": "stamp_earned", "stamps": 1, "at": at}
                file.write(json.dumps({**row, "reference": f"{card['id'][-12:]}-{day}"}) + "\n")
    return [card["id"] for card in cards], path


@pytest.mark.parametrize("name", ["ledger", "postgres"])
def test_an_import_goes_on_behind_a_kill_and_each_row_is_there_once(
    platform, shop, whole, history, until, name
):
    cards, path = history
    stack = platform.stack
    victim = stack.postgres if name == "postgres" else stack.service(name)
    restarts, kept = victim.restarts, "SELECT count(*) FROM transactions WHERE card_id = ANY(%s::uuid[])"
    ended = []

    def bring():
        access = Access(stack.gateway_url, *stack.admin)
        return importing.run(access, importing.Asked(Kind.history, path, shop.merchant["slug"], Format.jsonl))

    thread = threading.Thread(target=lambda: ended.append(bring()))
    thread.start()
    until(lambda: platform.rows("ledger", kept, cards)[0][0] > CARDS, within_s=30)
    victim.kill9()
    met_it = thread.is_alive()
    thread.join(timeout=120)
    (first,) = ended
    again = bring()

    assert (met_it, victim.restarts) == (True, restarts + 1), "the kill met no import: this run shows nothing"
    assert (first.errors, first.taken + first.known) == ([], CARDS * ROWS_EACH)
    assert (again.errors, again.taken, again.known) == ([], 0, CARDS * ROWS_EACH)
    for card in cards:
        rows = shop.transactions(card)
        assert [row[1] for row in rows] == list(range(1, ROWS_EACH + 2))
        assert sum(row[2] for row in rows) == ROWS_EACH
    stack.wait_ready(60)
    assert whole()
