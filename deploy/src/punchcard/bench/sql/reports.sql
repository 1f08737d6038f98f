-- `n` rows a day and store; of five rows three are stamps, one earns points, one redeems.
CREATE TEMP VIEW live AS SELECT generation FROM statistics_generations WHERE state = 'live';

CREATE TEMP TABLE places AS
SELECT generation, %(program)s::uuid AS program_id, md5(%(seed)s::text || 'store' || s)::uuid AS store_id,
  s AS number, %(n)s::bigint AS n FROM live, generate_series(1, %(stores)s) s;

CREATE TEMP TABLE of_days AS
SELECT places.*, d::date AS day
FROM places, generate_series(%(today)s::date - %(days)s + 1, %(today)s::date, '1 day') d;

INSERT INTO statistics_days (generation, program_id, store_id, day, enrolments, transactions, active_cards,
  stamps_issued, stamps_redeemed, points_issued, points_redeemed, points_voided)
SELECT generation, program_id, store_id, day, n / 20, n, n * 4 / 5, n * 3 / 5, n / 5, n * 10, n * 8, n / 50
FROM of_days;

INSERT INTO statistics_hours (generation, program_id, store_id, hour, enrolments, transactions, active_cards)
SELECT generation, program_id, store_id, %(hour)s - h, n / 400, n / 24, n / 30
FROM places, generate_series(0, 40 * 24) h;

INSERT INTO statistics_ages (generation, program_id, store_id, day, cards, stamps, points)
SELECT generation, program_id, store_id, day, n / 20, n / 4, n * 2 FROM of_days;

INSERT INTO statistics_rewards (generation, program_id, store_id, reward_id, day, redeemed, voided,
  points_spent, value_cents)
SELECT generation, program_id, store_id, md5(%(seed)s::text || 'reward' || r)::uuid, day, n / 50, 1, n, n * 5
FROM of_days, generate_series(1, %(rewards)s) r;

INSERT INTO statistics_staff (generation, program_id, store_id, staff_id, day, stamps, earnings, redemptions,
  voids, adjusts, offline)
SELECT generation, program_id, store_id, md5(%(seed)s::text || 'staff' || number || '-' || p)::uuid, day, n / 10,
  n / 20, n / 25, 1, 0, 1
FROM of_days, generate_series(1, %(staff)s) p;

INSERT INTO statistics_cohorts (generation, program_id, store_id, month, nth, cards)
SELECT generation, program_id, store_id,
  date_trunc('month', %(today)s::date)::date - make_interval(months => m), k, n
FROM places, generate_series(0, 13) m, generate_series(-1, 12) k;

INSERT INTO statistics_totals (generation, program_id, store_id, cards, active, stamps, points, transactions,
  rewards_redeemed, stamps_issued, stamps_redeemed, points_issued, points_redeemed, points_voided,
  points_expired)
SELECT generation, program_id, store_id, n * 20, n * 19, n * 100, n * 800, n * %(days)s, n * 80, n * 240,
  n * 80, n * 4000, n * 3200, n * 8, 0
FROM places;

INSERT INTO statistics_cards (generation, card_id, merchant_id, program_id, store_id, version, sequence,
  is_live, is_active, stamps, points, enrolled_at, opened_at, last_at, months, recent)
SELECT generation, md5(%(seed)s::text || g)::uuid, %(merchant)s, program_id, store_id, 1, %(per_card)s, true, true, 5,
  40, now() - interval '300 days', now() - interval '300 days', now(), 255, decode(md5(g::text), 'hex')
FROM generate_series(1, %(rows)s / %(per_card)s) g JOIN places ON number = 1 + g %% %(stores)s;

ANALYZE;
