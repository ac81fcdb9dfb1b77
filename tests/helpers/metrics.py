"""Metrics, read as numbers."""


def figures(metrics):
    """Read the metrics as numbers by their name."""
    lines = (line for line in metrics.text().decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}
