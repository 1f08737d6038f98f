"""If-Match: one tag, a list of them, or any."""

from __future__ import annotations

import pytest

from contracts.problem import PreconditionFailed, PreconditionRequired
from kit.preconditions import etag, expected


@pytest.mark.parametrize("given", [etag(2), "*", '"2", "zz"', '"1","2"', '"zz" , "2"', 'W/"2", "2"'])
def test_the_version_that_was_read_may_be_changed(given: str):
    expected(given).check(2)


@pytest.mark.parametrize("given", ['"1"', 'W/"2"', "2", '"02"', '"²"', f'"{"2" * 5000}"', '"1", "3"', "zz"])
def test_another_version_may_not(given: str):
    with pytest.raises(PreconditionFailed):
        expected(given).check(2)


@pytest.mark.parametrize("given", [None, ""])
def test_without_a_tag_nothing_is_changed(given: str | None):
    with pytest.raises(PreconditionRequired):
        expected(given)
