"""Estimate speech above 4 kHz, which a phone line does not carry, from the band below."""
