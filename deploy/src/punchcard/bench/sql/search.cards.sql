-- Some first names come again and again, as people are called; so do some of the last ones.
INSERT INTO customers (id, merchant_id, email, email_key, phone, first_name, last_name, locale,
  marketing_consent, version, created_at)
SELECT pg_temp.row_id(%(from_ms)s::bigint + g, %(seed)s::text || g), %(merchant)s, 'p' || g || '@punchcard.example',
  'p' || g || '@punchcard.example', '+352621' || lpad(g::text, 6, '0'),
  (%(first)s::text[])[1 + floor(power(random(), 2) * %(firsts)s)::int],
  (%(last)s::text[])[1 + floor(power(random(), 2) * %(lasts)s)::int], 'en', false, 1, now()
FROM generate_series(0, %(cards)s - 1) g;

INSERT INTO customer_words (merchant_id, word, customer_id)
SELECT merchant_id, lower(word), id FROM customers, unnest(ARRAY[first_name, last_name]) word
WHERE merchant_id = %(merchant)s ORDER BY 2, 3 ON CONFLICT DO NOTHING;

INSERT INTO cards (id, merchant_id, customer_id, program_id, program_version, enrolled_at_store_id, via,
  card_number, qr_code, first_of_customer, is_active, status_sequence, version, created_at)
SELECT pg_temp.row_id(%(from_ms)s::bigint + g, %(seed)s::text || g), %(merchant)s,
  pg_temp.row_id(%(from_ms)s::bigint + g, %(seed)s::text || g), %(program)s, 1, %(store)s, 'till',
  (700000000000 + g)::text, md5(%(seed)s::text || g), true, true, 0, 1, now()
FROM generate_series(0, %(cards)s - 1) g;

VACUUM ANALYZE customers;

VACUUM ANALYZE customer_words;

VACUUM ANALYZE card_words;

VACUUM ANALYZE cards;
