"""Answers a phone number and turns every call into text while it is spoken, on this machine."""

__version__ = "0.1.0"
