"""Currencies and their minor units."""

from __future__ import annotations

import pytest

from contracts.money import CURRENCIES, exponent, minor_per_unit


@pytest.mark.parametrize(
    ("currency", "decimals", "minor"),
    [("EUR", 2, 100), ("JPY", 0, 1), ("KWD", 3, 1000), ("CLF", 4, 10_000), ("XOF", 0, 1)],
)
def test_a_currency_has_its_own_number_of_decimals(currency: str, decimals: int, minor: int):
    assert (exponent(currency), minor_per_unit(currency)) == (decimals, minor)


@pytest.mark.parametrize("code", ["", "EURO", "eur", "XTS", "DEM", "XAU"])
def test_what_is_no_currency_in_circulation_has_none(code: str):
    with pytest.raises(KeyError):
        exponent(code)


def test_every_currency_is_a_code_of_three_letters():
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in CURRENCIES)
    assert len(CURRENCIES) > 150
