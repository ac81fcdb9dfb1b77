"""What a call is and what becomes of its audio and words.  No I/O, no threads, no clock, no log."""
