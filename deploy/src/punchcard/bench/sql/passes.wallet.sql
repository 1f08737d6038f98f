INSERT INTO passes (card_id, merchant_id, program_id, card_version, card_number, qr_code, locale, stamp_count,
    total_stamps_earned, sequence_wanted, last_hash, last_transaction_at, recent)
SELECT pg_temp.row_id(%(from_ms)s + g, %(seed)s || 'card' || g), %(merchant)s, %(program)s, 1,
    (710000000000 + g)::text, md5(%(seed)s || 'qr' || g), (ARRAY['en', 'fr', 'de', 'lb'])[1 + g %% 4], g %% 11, g %% 11,
    5, repeat('0', 64), now(), (SELECT array_agg(n || ' 1763700000 stamp_earned 1 0') FROM generate_series(1, 5) n)
FROM generate_series(1, %(cards)s) g;
ANALYZE passes;
