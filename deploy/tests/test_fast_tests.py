"""The quick tests are shared out between two processes: none is left out, none runs twice."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fast_tests(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    spec = importlib.util.spec_from_file_location("fast_tests_script", ROOT / "scripts" / "fast_tests.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("sync", None)


def test_each_file_is_in_one_share(fast_tests):
    dealt = fast_tests.shares(list(fast_tests.test_files()))

    files = [file for share in dealt for file in share]
    assert len(files) == len(set(files))
    assert Path(__file__) in files
    assert {ROOT / "tests/architecture/test_house.py", ROOT / "services/ledger/tests/test_chain.py"} <= set(
        files
    )
    quick = [sum(not fast_tests.SERVED.search(file.read_text()) for file in share) for share in dealt]
    assert max(quick) < 2 * min(quick)
    assert len({"architecture" in str(share) for share in map(str, dealt)}) == 2, "parsed in one of them only"


@pytest.mark.parametrize(
    ("codes", "code"),
    [([0, 0], 0), ([5, 0], 0), ([0, 5], 0), ([5, 5], 5), ([0, 1], 1), ([5, 2], 2), ([1, 0], 1)],
)
def test_what_one_share_says_is_not_lost_in_the_other(fast_tests, codes, code):
    assert fast_tests.together(codes) == code
