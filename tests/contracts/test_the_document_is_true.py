"""Whatever is asked of any operation: never a 5xx, and no answer that the OpenAPI document does not know.

Requests are made from the document itself, good and bad ones, by an admin, an owner and a till. More of them
with OPENAPI_EXAMPLES, others with OPENAPI_SEED.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, strategies
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

ADMIN, VENDOR = "/api/v1/admin/loyalty", "/api/v1/vendor/loyalty"
EXAMPLES, SEED = int(os.environ.get("OPENAPI_EXAMPLES", "6")), int(os.environ.get("OPENAPI_SEED", "1"))
#: A stream: it has tests of its own.
STREAM = "listenToEvents"


class Asked:
    """A shop whose things are named in requests, and what was found wrong with answers."""

    def __init__(self, platform: Any) -> None:
        self.platform = platform
        self.shop = shop = platform.open_shop()
        card = shop.enrol()
        shop.move("stamp", {"card_id": card["id"]})
        purchase = {"purchase_amount_cents": 90_000, "currency": "EUR", "order_reference": "A-1"}
        earned = shop.move("points/earn", {"card_id": card["id"], **purchase})
        link = platform.create(shop.owner, f"{VENDOR}/cards/{card['id']}/link")["card_url"]
        manager = {"email": f"manager-{shop.slug}@punchcard.example", "password": secrets.token_urlsafe(18)}
        user = {**manager, "role": "manager", "merchant_id": shop.merchant["id"]}
        self.real = {
            "card_id": card["id"],
            "store_id": shop.store["id"],
            "terminal_id": shop.till["id"],
            "merchant_id": shop.merchant["id"],
            "program_id": shop.program["id"],
            "reward_id": shop.reward["id"],
            "staff_id": shop.hire("42", "730155")["id"],
            "user_id": platform.create(platform.admin, f"{ADMIN}/users", user)["id"],
            "transaction_id": earned["transaction_id"],
            "merchant_slug": shop.slug,
            "link_token": link.rpartition("/")[2],
        }
        self.tokens = {"admin": platform.admin, "owner": shop.owner, "till": shop.key}
        self.asked = 0

    def ask(self, operation: Any) -> Iterator[str]:
        """Ask it so many times, and tell what was wrong, each fault once."""
        faults: dict[tuple[int, str], str] = {}
        callers = strategies.sampled_from(sorted(self.tokens))
        modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

        @hypothesis.seed(SEED)
        @hypothesis.settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(strategies.one_of(modes), callers, strategies.sampled_from([True, True, False]))
        def once(case: Any, caller: str, of_ours: bool) -> None:
            if of_ours:
                self._name_ours(case)
            headers = {
                "authorization": f"Bearer {self.tokens[caller]}",
                "idempotency-key": str(uuid4()),
                "if-match": '"1"',
            }
            answer = case.call(base_url=self.platform.stack.gateway_url, headers=headers)
            self.asked += 1
            found = _fault(case, answer)
            if found:
                told = f"by the {caller}: {found}\n  {case.as_curl_command()}"
                faults.setdefault((answer.status_code, found[:80]), told)

        once()
        yield from faults.values()

    def _name_ours(self, case: Any) -> None:
        for part in (case.path_parameters, case.query, case.body):
            if isinstance(part, dict):
                part.update({name: self.real[name] for name in part.keys() & self.real.keys()})


def _fault(case: Any, answer: Any) -> str | None:
    told = f"{answer.status_code} {answer.content[:300].decode(errors='replace')}"
    if answer.status_code >= 500:
        return told
    try:
        case.validate_response(
            answer, checks=[status_code_conformance, content_type_conformance, response_schema_conformance]
        )
    except (Failure, FailureGroup) as failure:
        return f"{told}: {[str(one) for one in getattr(failure, 'exceptions', [failure])]}"
    return None


@pytest.fixture(scope="module")
def asked(platform: Any) -> Asked:
    load_all_checks()
    return Asked(platform)


@pytest.fixture(scope="module")
def operations(platform: Any) -> list[Any]:
    """What ends a thing comes last, so that the others find it."""
    document = platform.http.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    found = [one.ok() for one in schema.get_all_operations()]
    kept = [one for one in found if one.definition.raw["operationId"] != STREAM]
    assert len(kept) > 70
    return sorted(kept, key=lambda one: (one.method == "delete", one.path.endswith(("erase", "rotate"))))


@pytest.mark.timeout(max(180, 30 * EXAMPLES))
def test_every_answer_is_in_the_document(asked, operations):
    faults = []

    for operation in operations:
        name = operation.definition.raw["operationId"]
        faults += [f"{name} {fault}" for fault in asked.ask(operation)]

    assert asked.asked >= len(operations) * EXAMPLES / 2
    assert not faults, f"with OPENAPI_SEED={SEED}:\n" + "\n".join(faults)
