"""Measure local_stt beside bare Vosk and the well-known tutorial: `python -m benchmarks --help`."""
