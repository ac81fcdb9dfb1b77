"""Metrics, read as numbers."""

import re


def figures(metrics):
    """Read the metrics as numbers by their name."""
    return read_figures(metrics.text().decode())


def read_figures(text):
    """Read the text of metrics as numbers by their name."""
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def metric_names(text):
    """List the names that a query may use, also of metrics that have no value yet."""
    found = set()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE):
        found |= {f"{name}_{part}" for part in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    return found
