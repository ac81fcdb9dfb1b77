"""Speech above 4 kHz, which a phone line does not carry, estimated from what is below."""
