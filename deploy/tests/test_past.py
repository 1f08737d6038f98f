"""The demo's past is drawn from its seed and its last day, and is one that could have been."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from punchcard.demo.bringing import last_day
from punchcard.demo.cast import cast
from punchcard.demo.past import DAYS, past

UNTIL = date(2026, 11, 20)  # summer time ends within its 60 days


@pytest.fixture(scope="module")
def pasts():
    return [(merchant, past(merchant, UNTIL)) for merchant in cast()]


def moment(row, name="at"):
    return datetime.fromisoformat(row[name])


def few(merchant, customers):
    return merchant._replace(trade=merchant.trade._replace(customers=customers))


def by_card(made):
    cards = defaultdict(list)
    for row in made.history:
        cards[row["card"]].append(row)
    return cards


def test_the_same_day_and_seed_draw_the_same_past():
    merchant = few(cast()[2], 50)

    assert past(merchant, UNTIL) == past(merchant, UNTIL)
    assert past(merchant, UNTIL) != past(merchant, UNTIL, seed=7)
    assert past(merchant, UNTIL) != past(merchant, UNTIL - timedelta(days=1))


def test_a_smaller_past_is_the_first_customers_of_a_larger_one():
    merchant = cast()[1]

    assert past(few(merchant, 5), UNTIL).customers == past(few(merchant, 50), UNTIL).customers[:5]


def test_with_the_past_there_are_two_thousand_cards(pasts):
    enrolled_today = sum(len(merchant.members) for merchant, _ in pasts)

    assert enrolled_today + sum(len(made.customers) for _, made in pasts) == 2000


def test_no_balance_is_ever_negative(pasts):
    for _, made in pasts:
        for rows in by_card(made).values():
            stamps = points = 0
            for row in rows:
                stamps += row.get("stamps", 0)
                points += row.get("points", 0)
                assert stamps >= 0
                assert points >= 0


def test_full_cards_and_saved_points_are_redeemed(pasts):
    counted = [Counter(row["type"] for row in made.history) for _, made in pasts]

    assert [set(types) for types in counted] == [
        {"stamp_earned", "stamp_redeemed"},
        {"points_earned", "points_redeemed"},
        {"welcome_bonus", "stamp_earned", "stamp_redeemed", "points_earned", "points_redeemed"},
    ]
    assert all(count > 50 for types in counted for count in types.values())


def test_it_lies_within_sixty_days_that_end_with_the_last_one(pasts):
    for merchant, made in pasts:
        zone = ZoneInfo(merchant.body["timezone"])
        days = {moment(row).astimezone(zone).date() for row in made.history}

        assert min(days) > UNTIL - timedelta(days=DAYS)
        assert max(days) == UNTIL
        assert len(days) >= DAYS - 10, "every day on which it is open"


def test_nobody_comes_while_it_is_closed(pasts):
    for merchant, made in pasts:
        zone = ZoneInfo(merchant.body["timezone"])
        for row in made.history:
            local = moment(row).astimezone(zone)
            hours = merchant.trade.hours[local.weekday()]
            assert hours is not None
            assert hours[0] <= local.hour + local.minute / 60 < hours[1]


def test_a_customer_enrols_before_the_first_row_and_rows_follow_one_another(pasts):
    for _, made in pasts:
        cards = by_card(made)
        assert len(cards) == len(made.customers)
        for customer in made.customers:
            times = [moment(customer, "enrolled_at"), *(moment(row) for row in cards[customer["reference"]])]
            assert times == sorted(set(times))


def test_all_stores_are_visited_the_larger_ones_more(pasts):
    for merchant, made in pasts:
        visits = Counter(row["store_code"] for row in made.history)
        by_size = sorted(merchant.stores, key=lambda store: store.size, reverse=True)

        assert [code for code, _ in visits.most_common()] == [store.code for store in by_size]
        assert visits.keys() == {row["store_code"] for row in made.customers}


def test_a_few_are_regulars_and_many_come_now_and_then(pasts):
    days = [len({row["at"][:10] for row in rows}) for _, made in pasts for rows in by_card(made).values()]

    assert 0.02 < sum(count >= 15 for count in days) / len(days) < 0.15
    assert sum(count <= 4 for count in days) / len(days) > 0.5


def test_purchases_have_amounts_and_most_an_order_that_no_other_has(pasts):
    for merchant, made in pasts:
        bought = [row for row in made.history if row["type"] == "points_earned"]
        orders = [row["order_reference"] for row in bought if "order_reference" in row]

        assert all(row["currency"] == merchant.body["currency"] for row in bought)
        assert all(row["purchase_amount_cents"] >= 100 for row in bought)
        assert len(orders) == len(set(orders))
        assert len(orders) >= 0.7 * len(bought)


def test_a_row_is_named_by_a_reference_that_no_other_has(pasts):
    for _, made in pasts:
        for rows in (made.customers, made.history):
            assert len({row["reference"] for row in rows}) == len(rows)


def test_a_shop_that_is_never_open_has_no_past():
    merchant = cast()[0]

    assert past(merchant._replace(trade=merchant.trade._replace(hours=(None,) * 7)), UNTIL) == ([], [])


def test_the_past_ends_before_the_day_on_which_the_merchant_was_made_where_it_is():
    made = datetime(2026, 11, 21, 3, 30, tzinfo=UTC).isoformat()

    assert last_day(made, "Europe/Luxembourg") == date(2026, 11, 20)
    assert last_day(made, "America/New_York") == date(2026, 11, 19)
