-- JSON, where the gateway itself switched it off; the calls that it was told in are not kept as long.
ALTER TABLE listeners ADD COLUMN off TEXT;
