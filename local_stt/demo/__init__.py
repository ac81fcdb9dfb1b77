"""A bundled call between two people, and what was said on it."""

from pathlib import Path

RECORDING = Path(__file__).parent / "front-desk.wav"
TRANSCRIPT = Path(__file__).parent / "front-desk.txt"
