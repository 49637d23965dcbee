ALTER TABLE findings SET (fillfactor = 60);
