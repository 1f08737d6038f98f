"""Every code of the API comes from the platform itself, with its status and its members, and no others."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import pytest

from contracts.problem import CODES

# The scenarios are no package: they are found beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from codes import WAYS, Stage

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id", "retryable"}
#: Statuses that tell when to come back.
LATER = (423, 429, 503)


@pytest.fixture(scope="module")
def stage(platform):
    return Stage(platform)


def test_every_code_has_a_way_to_it():
    assert CODES.keys() - WAYS.keys() == set(), "say in codes.py how to get these codes"
    assert WAYS.keys() - CODES.keys() == set()


@pytest.mark.parametrize("code", sorted(WAYS))
def test_the_code_comes_with_its_status_and_members(platform, stage, code):
    kind, way = CODES[code], WAYS[code]

    answer = way.go(stage)

    problem = answer.json()
    assert (problem["code"], answer.status_code) == (code, kind.status), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem.keys() == MEMBERS | way.members
    assert problem["status"] == kind.status
    assert problem["title"] == kind.title
    assert problem["retryable"] is kind.retryable
    assert problem["type"] == f"{platform.stack.public_base_url}/problems/{code}"
    assert problem["instance"] == answer.request.url.path
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["detail"]
    if "retry_at" in way.members:
        assert datetime.fromisoformat(problem["retry_at"]).tzinfo is not None
    if kind.status in LATER:
        assert int(answer.headers["retry-after"]) >= 1
