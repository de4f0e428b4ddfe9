-- A chat that its owner deleted is hidden until something new is said in it.
ALTER TABLE chats ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
