INSERT INTO customers (id, merchant_id, phone, first_name, last_name, locale, marketing_consent, version, created_at)
SELECT pg_temp.row_id(%(from_ms)s + g, %(seed)s || 'customer' || g), %(merchant)s, '+35262' || lpad(g::text, 7, '0'),
    'Ana', 'Weber', (ARRAY['en', 'fr', 'de', 'lb'])[1 + g %% 4], false, 1, now()
FROM generate_series(1, %(cards)s) g;
INSERT INTO cards (id, merchant_id, customer_id, program_id, program_version, via, card_number, qr_code,
    first_of_customer, is_active, status_sequence, version, created_at)
SELECT pg_temp.row_id(%(from_ms)s + g, %(seed)s || 'card' || g), %(merchant)s,
    pg_temp.row_id(%(from_ms)s + g, %(seed)s || 'customer' || g), %(program)s, 1, 'till',
    (710000000000 + g)::text, md5(%(seed)s || 'qr' || g), true, true, 0, 1, now()
FROM generate_series(1, %(cards)s) g;
INSERT INTO card_links (token_hash, card_id, created_at)
SELECT sha256(convert_to(md5(%(seed)s || 'link' || g), 'UTF8')), pg_temp.row_id(%(from_ms)s + g, %(seed)s || 'card' || g),
    now()
FROM generate_series(1, %(cards)s) g;
ANALYZE customers, cards, card_links;
