"""Tell when two ways to write are the same but for style: case, commas, `a.m.` or `AM`, signs of units."""

import re

MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
UNITS = {
    "miles per hour": "mph",
    "kilometers per hour": "km/h",
    "degrees fahrenheit": "°f",
    "degrees celsius": "°c",
    "milligrams": "mg",
    "kilograms": "kg",
    "gigabytes": "gb",
    "megabytes": "mb",
    "degrees": "°",
    "percent": "%",
    "liters": "l",
    "miles": "mi",
    "hours": "h",
    "minutes": "min",
}
STYLES = (
    (r"\u2019", "'"),
    (r"\b([ap])\.?\s?m\b\.?", r"\1m"),
    (r"(\d)\s*([ap]m)\b", r"\1 \2"),
    (r"\b0(\d:\d\d)", r"\1"),
    (r":00\b(?= [ap]m)", ""),
    (rf"\b(?:the )?(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({MONTHS})\b", r"\2 \1"),
    (rf"\b({MONTHS}) (\d{{1,2}})(?:st|nd|rd|th)\b", r"\1 \2"),
    (r"\bp\.o\.", "po"),
    (r"[,;](?=\s|$)", ""),
    (r"[.?!]+$", ""),
    (r"\s+", " "),
)
COMMAS = (r"(\d),(?=\d{3}(?!\d))", r"\1")
"""Commas between thousands, as in English; in other languages they are decimal signs"""
NUMBER = re.compile(r"-?(?<![\d.])\d*\.?\d+")


def canonical(text: str, language: str = "en") -> str:
    """Return the form of a text in which style does not count."""
    text = text.lower()
    for pattern, replacement in (COMMAS, *STYLES) if language == "en" else STYLES:
        text = re.sub(pattern, replacement, text)
    for name, sign in UNITS.items():
        text = re.sub(rf"(?<=\d)\s*{name}\b", f" {sign}", text)
    text = re.sub(r"(\d)\s*(%|°[cf]?)", r"\1\2", text)
    return re.sub(r"\+?[\d(][\d\-() ]{5,}\d\b", _without_groups, text).strip()


def _without_groups(match: re.Match[str]) -> str:
    """Join the groups of a number of seven digits or more; groups are a matter of style."""
    digits = re.sub(r"[^\d+]", "", match[0])
    return digits if len(digits) >= 7 else match[0]


def same(category: str, got: str, wanted: tuple[str, ...], language: str = "en") -> bool:
    """Tell whether a text is one of those that are right.  Of a measure, only the numbers count."""
    form, *forms = (canonical(text, language) for text in (got, *wanted))
    if form in forms:
        return True
    return category.endswith("/measure") and NUMBER.findall(form) == NUMBER.findall(forms[0]) != []
