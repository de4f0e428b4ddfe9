-- Times are milliseconds since 1970. States, stages and origins are numbers, named in src/rows.rs.
-- Bodies are JSON as sluice-model writes it. Ids of accounts, keys and listeners are never used again: AUTOINCREMENT.

CREATE TABLE workspaces (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL REFERENCES workspaces (id),
    login      TEXT    NOT NULL,
    password   TEXT,
    role       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (workspace, login)
) STRICT;

CREATE TABLE accounts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace   INTEGER NOT NULL REFERENCES workspaces (id),
    channel     TEXT    NOT NULL,
    connector   TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    enabled     INTEGER NOT NULL,
    settings    TEXT    NOT NULL,
    condition   TEXT    NOT NULL,
    epoch       INTEGER NOT NULL DEFAULT 0,
    -- The journal's end when it was last pruned, so that an emptied journal does not begin anew.
    pruned_end  INTEGER NOT NULL DEFAULT 0,
    -- Set while the sweep still takes its rows away.
    removed_at  INTEGER
) STRICT;

-- The greatest message id of accounts that are gone.
CREATE TABLE gone (
    greatest_id INTEGER NOT NULL
) STRICT;
INSERT INTO gone VALUES (0);

CREATE TABLE keys (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL REFERENCES workspaces (id),
    account    INTEGER REFERENCES accounts (id),
    dialect    TEXT,
    name       TEXT    NOT NULL,
    token_hash BLOB    NOT NULL UNIQUE,
    prefix     TEXT    NOT NULL,
    scopes     TEXT    NOT NULL,
    settings   TEXT    NOT NULL,
    sealed     BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;
CREATE INDEX keys_by_account ON keys (account) WHERE account IS NOT NULL;

CREATE TABLE listeners (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL REFERENCES workspaces (id),
    account    INTEGER REFERENCES accounts (id),
    dialect    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    target     TEXT    NOT NULL,
    events     TEXT    NOT NULL,
    settings   TEXT    NOT NULL,
    secret     BLOB,
    enabled    INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX listeners_by_account ON listeners (account) WHERE account IS NOT NULL;

-- Switches that were in force up to and including a position.
CREATE TABLE switches_past (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    account  INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    settings TEXT    NOT NULL,
    PRIMARY KEY (listener, account, until)
) STRICT, WITHOUT ROWID;

-- Outgoing orders that are still open. The message itself is in `messages`.
-- A lane is (account, chat); stage 0 stands behind another order of its lane, 1 is the head and waits, 2 is claimed.
CREATE TABLE orders (
    account    INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    workspace  INTEGER NOT NULL,
    chat       TEXT    NOT NULL,
    stage      INTEGER NOT NULL,
    -- When the state that the stage means was reached.
    since      INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    typing_ms  INTEGER,
    attempt    INTEGER NOT NULL,
    epoch      INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_by_lane ON orders (account, chat, id);
CREATE INDEX orders_in_front ON orders (account, stage, due_at, id) WHERE stage > 0;
CREATE INDEX orders_by_expiry ON orders (expires_at);

CREATE TABLE idempotency (
    scope   INTEGER NOT NULL,
    key     TEXT    NOT NULL,
    request BLOB    NOT NULL,
    ids     TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (at);

-- Message ids come from one mint, so they are unique over all accounts and their own row ids.
CREATE TABLE messages (
    id       INTEGER PRIMARY KEY,
    account  INTEGER NOT NULL,
    chat     TEXT    NOT NULL,
    alias    TEXT,
    remote   TEXT,
    origin   INTEGER NOT NULL,
    -- For an open order always `waiting`: what it waits for is in `orders`.
    state    INTEGER NOT NULL,
    state_at INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    -- How many times it was claimed, once it is no order any more.
    attempt  INTEGER NOT NULL DEFAULT 0,
    deleted  INTEGER NOT NULL DEFAULT 0,
    edited   TEXT,
    trouble  TEXT,
    body     TEXT    NOT NULL
) STRICT;
CREATE INDEX messages_by_time ON messages (account, at);
CREATE INDEX messages_by_chat ON messages (account, chat, at);
CREATE INDEX messages_by_remote ON messages (account, remote) WHERE remote IS NOT NULL;

CREATE TABLE chats (
    account  INTEGER NOT NULL,
    address  TEXT    NOT NULL,
    alias    TEXT,
    name     TEXT,
    unread   INTEGER NOT NULL DEFAULT 0,
    archived INTEGER NOT NULL DEFAULT 0,
    last_at  INTEGER NOT NULL,
    last     INTEGER,
    PRIMARY KEY (account, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX chats_by_time ON chats (account, last_at);
CREATE INDEX chats_by_alias ON chats (account, alias) WHERE alias IS NOT NULL;

CREATE TABLE contacts (
    account    INTEGER NOT NULL,
    address    TEXT    NOT NULL,
    alias      TEXT,
    name       TEXT,
    saved_name TEXT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX contacts_by_alias ON contacts (account, alias) WHERE alias IS NOT NULL;

-- The row id is the event's id: account << 31 | position.
CREATE TABLE journal (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    -- How far `at` lies behind the latest time of the entries before: so at + behind only grows, and can be searched.
    behind  INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    message INTEGER,
    body    TEXT    NOT NULL
) STRICT;
CREATE INDEX journal_by_message ON journal (message) WHERE message IS NOT NULL;
-- What is not about a message is rare among what is, and asked for by itself.
CREATE INDEX journal_by_kind ON journal (kind) WHERE message IS NULL;

CREATE TABLE cursors (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    account  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (listener, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    account  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_at  INTEGER NOT NULL,
    PRIMARY KEY (listener, account, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_waiting ON deliveries (listener, account, next_at) WHERE state = 0;

CREATE TABLE attempts (
    id       INTEGER PRIMARY KEY,
    listener INTEGER NOT NULL,
    event    INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    took_ms  INTEGER NOT NULL,
    status   INTEGER,
    answer   TEXT    NOT NULL,
    state    INTEGER NOT NULL,
    next_at  INTEGER
) STRICT;
CREATE INDEX attempts_by_listener ON attempts (listener);
CREATE INDEX attempts_by_event ON attempts (event);
CREATE INDEX attempts_in_trouble ON attempts (listener, state) WHERE state <> 1;

CREATE TABLE requests (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    workspace INTEGER,
    account   INTEGER,
    key       INTEGER,
    dialect   TEXT    NOT NULL,
    endpoint  TEXT    NOT NULL,
    method    TEXT    NOT NULL,
    path      TEXT    NOT NULL,
    status    INTEGER NOT NULL,
    took_ms   INTEGER NOT NULL,
    address   TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    answer    TEXT    NOT NULL,
    code      TEXT
) STRICT;
CREATE INDEX requests_by_workspace ON requests (workspace) WHERE workspace IS NOT NULL;
CREATE INDEX requests_refused ON requests (workspace) WHERE workspace IS NOT NULL AND status >= 400;

CREATE TABLE vault (
    account INTEGER NOT NULL,
    name    TEXT    NOT NULL,
    value   BLOB    NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
