"""The whole platform, as `up` and the tests run it."""

import json
import urllib.request

import httpx
import pytest

from gateway.settings import GatewaySettings
from punchcard.demo import seed
from punchcard.demo.cast import cast
from punchcard.environment import RAISED_LIMITS
from punchcard.services import SERVICE_NAMES
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
    stack.retell("gateway", {})
    assert policy() == '"sign-ins";q=10;w=60, "account-sign-ins";q=5;w=60'
    stack.retell("gateway", RAISED_LIMITS)
    assert policy().startswith('"sign-ins";q=10000000;w=60')


def test_the_demo_is_made_once_and_a_second_run_makes_the_same(stack, tmp_path):
    merchants = []
    for merchant in cast():
        slug = f"{merchant.slug}-again"
        body = {**merchant.body, "slug": slug}
        members = merchant.members[:3]
        merchants.append(merchant._replace(body=body, members=members, owner_email=f"owner@{slug}.example"))
    path = tmp_path / "demo.json"

    first = seed.seed(stack.gateway_url, stack.admin, path, merchants=merchants)
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


def test_what_the_demo_did_is_whole_in_the_ledger(stack):
    verdict = verify(stack.urls("ledger").superuser)

    assert verdict.faults == []
