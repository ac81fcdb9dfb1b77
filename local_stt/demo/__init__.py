"""The audio and the text of a sample call between two people."""

from pathlib import Path

RECORDING = Path(__file__).parent / "front-desk.wav"
TRANSCRIPT = Path(__file__).parent / "front-desk.txt"
