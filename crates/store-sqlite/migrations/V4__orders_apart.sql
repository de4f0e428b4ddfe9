-- Orders whose hour is far off stand apart from their lanes until then.
CREATE INDEX orders_apart ON orders (account, due_at, id) WHERE stage = -1;
