"""Metrics, read as numbers."""


def figures(metrics):
    """Read the metrics as numbers by their name."""
    return read_figures(metrics.text().decode())


def read_figures(text):
    """Read the text of metrics as numbers by their name."""
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}
