-- An id at the messenger that is only another spelling of the message's own number is found by turning it back: its entries
-- in the index, spread as ciphers are, cost a fifth of what accepting costs.
ALTER TABLE messages ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
DROP INDEX messages_by_remote;
CREATE INDEX messages_by_remote ON messages (account, remote) WHERE remote IS NOT NULL AND own = 0;
