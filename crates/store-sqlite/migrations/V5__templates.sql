-- Words with gaps, sent by name.
CREATE TABLE templates (
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    name TEXT NOT NULL,
    parameter_limit INTEGER NOT NULL,
    -- JSON: a list of wordings, one a language.
    wordings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, name)
) STRICT, WITHOUT ROWID;
