-- A row means that the outbox rests: a copy made by `sluice backup` has it from the start.
CREATE TABLE pause (
    since INTEGER NOT NULL
) STRICT;
