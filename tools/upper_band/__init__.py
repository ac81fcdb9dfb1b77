"""Trains the network that gives phone audio its upper band: see README.md."""
