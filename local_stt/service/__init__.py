"""The running program: its parts put together, from settings to a phone number that is answered."""
