"""The whole platform, as `up` and the tests run it."""

import json
import urllib.request

import httpx
import psycopg
import pytest

from gateway.settings import GatewaySettings
from punchcard.demo import bringing, seed
from punchcard.demo.cast import cast
from punchcard.environment import RAISED_LIMITS
from punchcard.services import SERVICE_NAMES
from punchcard.transfer.admin import Access
from punchcard.verify import verify


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as response:
        return response.read().decode()


@pytest.mark.parametrize("name", SERVICE_NAMES)
def test_every_service_is_ready_and_counts_what_it_does(stack, name):
    service = stack.service(name)

    assert json.loads(get(f"{service.url}/health/ready"))["status"] == "ready"
    assert "# TYPE" in get(f"{service.url}/metrics")
    assert service.socket.is_socket()


def test_a_service_that_is_killed_comes_back_by_itself(stack):
    wallet = stack.service("wallet")
    before, restarts = wallet.pid, wallet.restarts

    wallet.kill9()
    assert not wallet.is_ready()
    wallet.wait_ready()

    assert wallet.pid != before
    assert wallet.restarts == restarts + 1


def test_a_service_killed_to_stay_down_waits_for_its_start(stack):
    wallet = stack.service("wallet")

    wallet.kill9(stay_down=True)
    assert wallet.pid is None
    wallet.start()
    wallet.wait_ready()

    assert wallet.is_ready()


def test_the_names_of_the_raised_limits_are_all_the_gateways_limits():
    fields = [name for name in GatewaySettings.model_fields if name.startswith(("limit_", "slow_"))]

    assert {name.upper() for name in fields} == RAISED_LIMITS.keys()


def test_a_service_that_is_told_other_settings_starts_again_with_them(stack):
    url = f"{stack.gateway_url}/api/v1/auth/token"

    def policy() -> str:
        answer = httpx.post(url, json={"email": "nobody@shop.example", "password": "x" * 12})
        return answer.headers["ratelimit-policy"]

    assert policy().startswith('"sign-ins";q=10000000;w=60')
    assert stack.settings("gateway") == RAISED_LIMITS
    stack.retell("gateway", {})
    assert stack.settings("gateway") == {}
    assert policy() == '"sign-ins";q=10;w=60, "account-sign-ins";q=5;w=60'
    stack.retell("gateway", RAISED_LIMITS)
    assert policy().startswith('"sign-ins";q=10000000;w=60')


def test_a_service_that_is_told_again_is_found_where_it_was(stack):
    before = stack.settings("auth-pins")

    stack.retell("auth-pins", before)

    assert stack.service("auth-pins").is_ready()


@pytest.fixture(scope="module")
def small_demo(stack, tmp_path_factory):
    """Its merchants with three members each, its file, and what was answered when it was made."""
    merchants = []
    for merchant in cast():
        slug = f"{merchant.slug}-again"
        body = {**merchant.body, "slug": slug}
        members = merchant.members[:3]
        merchants.append(merchant._replace(body=body, members=members, owner_email=f"owner@{slug}.example"))
    path = tmp_path_factory.mktemp("demo") / "demo.json"
    return merchants, path, seed.seed(stack.gateway_url, stack.admin, path, merchants=merchants)


def test_the_demo_is_made_once_and_a_second_run_makes_the_same(stack, small_demo):
    merchants, path, first = small_demo

    assert seed.is_seeded(stack.gateway_url, path)
    assert json.loads(path.read_text()) == first
    second = seed.seed(stack.gateway_url, stack.admin, path, merchants=merchants)

    def ids(demo):
        return [
            (row["id"], [store["id"] for store in row["stores"]], [card["id"] for card in row["cards"]])
            for row in demo["merchants"]
        ]

    assert ids(second) == ids(first)
    assert [len(row["cards"]) for row in first["merchants"]] == [3, 3, 3]
    assert seed.is_seeded(stack.gateway_url, path), "keys and cards of the second file work too"


def test_the_demos_past_comes_in_once_and_what_was_taken_before_a_break_is_known(stack, small_demo):
    merchants, path, first = small_demo
    access = Access(stack.gateway_url, *stack.admin)
    heard = []

    def bring(customers):
        sent = [one._replace(trade=one.trade._replace(customers=customers)) for one in merchants]
        folder = path.with_name("past")
        return bringing.bring(
            access, path, folder, merchants=sent, progress=lambda *figures: heard.append(figures)
        )

    cut_off = bring(3)
    assert bringing.is_whole(path)
    seed.keep(path, first)
    assert not bringing.is_whole(path)
    whole = bring(7)

    assert (cut_off.known, cut_off.refused, whole.refused) == (0, 0, 0)
    assert whole.known == cut_off.customers + cut_off.rows
    assert (whole.customers, heard[-1]) == (21, (whole.customers + whole.rows,) * 2)
    assert bringing.is_whole(path)
    with psycopg.connect(stack.urls("ledger").app) as conn:
        found = conn.execute(
            "SELECT count(*) FROM transactions JOIN transaction_context c ON c.transaction_id = id"
            " WHERE c.imported AND merchant_id = ANY(%s)",
            ([row["id"] for row in first["merchants"]],),
        ).fetchone()
    assert found == (whole.rows,)


def test_what_the_demo_did_is_whole_in_the_ledger(stack):
    verdict = verify(stack.urls("ledger").superuser)

    assert verdict.faults == []
