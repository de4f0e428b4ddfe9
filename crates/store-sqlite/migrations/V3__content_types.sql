-- What a caller said that a body is, for whoever looks why it was not understood.
ALTER TABLE requests ADD COLUMN content_type TEXT;
