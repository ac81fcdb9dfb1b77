"""What a terminal shows: calls, progress, labels."""
