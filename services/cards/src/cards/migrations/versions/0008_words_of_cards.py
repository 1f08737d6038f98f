"""Words of names beside cards, so that a search finds cards without asking for each person's.

Kept by triggers, which also serve a release that does not know the table. Until it is filled (a minute for a
million cards) nobody enrols: what is written meanwhile would be missed.
"""

from alembic import op

revision = "0008_words_of_cards"
down_revision = "0007_card_references"

CARD_WORDS = """
CREATE TABLE card_words (
    program_id uuid NOT NULL,
    word text COLLATE "C" NOT NULL,
    card_id uuid NOT NULL,
    PRIMARY KEY (program_id, word, card_id)
);

CREATE FUNCTION words_of_new_cards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO card_words (program_id, word, card_id)
    SELECT n.program_id, w.word, n.id FROM new_cards n JOIN customer_words w ON w.customer_id = n.customer_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION cards_of_new_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO card_words (program_id, word, card_id)
    SELECT c.program_id, n.word, c.id FROM new_words n JOIN cards c ON c.customer_id = n.customer_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION cards_of_old_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM card_words w USING old_words o JOIN cards c ON c.customer_id = o.customer_id
    WHERE w.program_id = c.program_id AND w.word = o.word AND w.card_id = c.id;
    RETURN NULL;
END $$;

CREATE TRIGGER cards_words AFTER INSERT ON cards
    REFERENCING NEW TABLE AS new_cards FOR EACH STATEMENT EXECUTE FUNCTION words_of_new_cards();
CREATE TRIGGER customer_words_cards AFTER INSERT ON customer_words
    REFERENCING NEW TABLE AS new_words FOR EACH STATEMENT EXECUTE FUNCTION cards_of_new_words();
CREATE TRIGGER customer_words_gone AFTER DELETE ON customer_words
    REFERENCING OLD TABLE AS old_words FOR EACH STATEMENT EXECUTE FUNCTION cards_of_old_words();

INSERT INTO card_words (program_id, word, card_id)
SELECT c.program_id, w.word, c.id FROM customer_words w JOIN cards c ON c.customer_id = w.customer_id
ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING;
"""


def upgrade() -> None:
    op.execute(CARD_WORDS)
