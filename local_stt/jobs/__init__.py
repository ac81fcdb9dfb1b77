"""Work in the background: files, Twilio's recordings, second passes, and deleting what is old."""
