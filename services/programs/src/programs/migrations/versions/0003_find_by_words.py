"""Names are found by how their words begin, addresses whole, what is deleted by itself: each by an index."""

from alembic import op

revision = "0003_find_by_words"
down_revision = "0002_add_audit"

# The words of a name without case and accents, each once: as `queries` folds what is searched for.
NAME_WORDS = r"""
CREATE FUNCTION name_words(name text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  array_to_tsvector(array_remove(regexp_split_to_array(
    lower(regexp_replace(normalize(coalesce(name, ''), NFKD), U&'[\0300-\036F]', '', 'g')),
    '[^[\:alnum\:]]+'), ''))
"""

INDEXES = (
    "CREATE INDEX merchants_words ON merchants USING gin (name_words(name))",
    "CREATE INDEX stores_words ON stores USING gin (name_words(name))",
    "CREATE INDEX programs_words ON programs USING gin (name_words(card_name))",
    "CREATE INDEX merchants_contact ON merchants (lower(contact_email))",
    "CREATE INDEX merchants_slug ON merchants (slug)",
    "CREATE INDEX stores_code ON stores (code)",
    "CREATE INDEX merchants_deleted ON merchants (id) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX stores_deleted ON stores (id) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX programs_deleted ON programs (id) WHERE deleted_at IS NOT NULL",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in (NAME_WORDS, *INDEXES):
        op.execute(statement)
