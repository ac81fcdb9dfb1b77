"""Settings with the values that a test needs."""

from collections import defaultdict

from local_stt.config.settings import SECTIONS, Settings, declared


def settings_of(**values):
    """Return settings with these values, each in the section that has a field of that name."""
    section_of = {each.name: each.section for each in declared()}
    chosen = defaultdict(dict)
    for name, value in values.items():
        chosen[section_of[name]][name] = value
    whole = chosen.pop("", {})
    return Settings(**{name: SECTIONS[name](**said) for name, said in chosen.items()}, **whole)
