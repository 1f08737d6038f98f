INSERT INTO accounts (card_number, card_id, merchant_id, program_id, qr_code, last_hash)
SELECT 700000000000 + g, pg_temp.row_id(%(from_ms)s::bigint + g, %(seed)s::text || g), %(merchant)s, %(program)s,
  md5(%(seed)s::text || g), decode(repeat('00', 32), 'hex')
FROM generate_series(0, %(cards)s - 1) g;

VACUUM ANALYZE accounts;
