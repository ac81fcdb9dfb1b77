"""What tests share: makers of events, files, servers and processes."""

from pathlib import Path

TESTS = Path(__file__).parent.parent
DATA = TESTS / "data"
