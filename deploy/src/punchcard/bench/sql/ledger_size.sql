INSERT INTO accounts (card_number, card_id, merchant_id, program_id, qr_code, sequence, stamp_count,
  total_stamps_earned, last_hash)
SELECT 800000000000 + g, md5(%(seed)s::text || 'card' || g)::uuid, %(merchant)s, %(program)s,
  md5(%(seed)s::text || 'qr' || g), %(per_card)s, %(per_card)s, %(per_card)s, decode(repeat('00', 32), 'hex')
FROM generate_series(0, %(cards)s - 1) g;

-- A card's rows lie apart, as visits do. The hashes are drawn, not computed: these chains do not verify.
INSERT INTO transactions (created_at, sequence, program_version, stamps_delta, points_delta,
  stamps_balance_after, points_balance_after, type, id, card_id, merchant_id, store_id, terminal_id,
  key_hash, request_hash, hash)
SELECT to_timestamp((%(from_ms)s::bigint + g * %(step_ms)s::bigint) / 1000.0), g / %(cards)s + 1, 1, 1, 0, g / %(cards)s + 1, 0, 3,
  pg_temp.row_id(%(from_ms)s::bigint + g * %(step_ms)s::bigint, %(seed)s::text || g), md5(%(seed)s::text || 'card' || (g %% %(cards)s))::uuid,
  %(merchant)s, %(store)s, %(till)s, decode(md5(%(seed)s::text || 'key' || g), 'hex'),
  decode(md5(%(seed)s::text || 'request' || g), 'hex'), decode(md5(g::text) || md5(%(seed)s::text || g), 'hex')
FROM generate_series(0::bigint, %(rows)s - 1) g;

INSERT INTO transaction_context (transaction_id, ip_address)
SELECT id, '127.0.0.1' FROM transactions WHERE merchant_id = %(merchant)s;

VACUUM ANALYZE accounts;

VACUUM ANALYZE transactions;

VACUUM ANALYZE transaction_context;
