"""Codes of languages, and the language in a model's name, without I/O.

A code is written here as `ko` or `en-us`: the language, and a region if there is one.
"""

import re

_NAMES = {
    "ar": "Arabic",
    "br": "Breton",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "eo": "Esperanto",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "gu": "Gujarati",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "kk": "Kazakh",
    "ko": "Korean",
    "ky": "Kyrgyz",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "te": "Telugu",
    "tg": "Tajik",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "uz": "Uzbek",
    "vi": "Vietnamese",
    "zh": "Chinese",
}

# Names of models have a country's code for some languages, and Twilio has codes of its own.
_OTHER_CODES = {
    "arb": "ar",
    "cmn": "zh",
    "cn": "zh",
    "fil": "tl",
    "gr": "el",
    "jp": "ja",
    "kz": "kk",
    "nb": "no",
    "ua": "uk",
    "vn": "vi",
}

_OFFICIAL_NAME = re.compile(
    r"vosk-model-(?:small-|big-)?(?P<language>[a-z]{2,3})(?:-(?P<region>[a-z]{2}))?(?=-|$)"
)
_ENDS = (
    re.compile(r"(?:^|.*-)([a-z]{2,3})-([a-z]{2})$"),
    re.compile(r"(?:^|.*-)([a-z]{2,3})$"),
    re.compile(r"([a-z]{2,3})(?:-([a-z]{2}))?(?=-|$)"),
)
"""Places of a language in a name: language and region at the end, language at the end, or at the beginning"""
_NO_REGION = ("fb",)
"""Codes in the names of official models that name the maker and no region"""


def canonical(code: str) -> str:
    """Write a language code the way this module does: `cmn-Hans-CN` is `zh-cn`, `EN_us` is `en-us`."""
    language, *more = code.strip().lower().replace("_", "-").split("-")
    regions = [part for part in more if re.fullmatch("[a-z]{2}", part)]
    return "-".join([_OTHER_CODES.get(language, language), *regions[-1:]])


def base(code: str) -> str:
    """Return the language of a code without its region."""
    return canonical(code).partition("-")[0]


def language_name(code: str) -> str:
    """Return a language's name and code for a reader, `Korean (ko)`, or its code if the name is unknown."""
    name = _NAMES.get(base(code))
    return f"{name} ({canonical(code)})" if name else canonical(code)


def language_of_name(name: str) -> str:
    """Return the language in a model's name, such as vosk-model-small-en-in-0.4; empty if there is none.

    Names other than official ones must begin or end with the code of a known language.
    """
    name = name.lower().replace("_", "-")
    if official := _OFFICIAL_NAME.match(name):
        region = official["region"]
        return canonical(official["language"] + (f"-{region}" if region and region not in _NO_REGION else ""))
    found = filter(None, (end.match(name) for end in _ENDS))
    codes = (canonical("-".join(filter(None, match.groups()))) for match in found)
    return next((code for code in codes if base(code) in _NAMES), "")


def closeness(code: str, wanted: str) -> int:
    """Score how well a language suits the one wanted.

    Returns 3 for the same region, 2 if one of the two names no region, 1 for another region of the same
    language, and 0 for another language.
    """
    have, want = canonical(code), canonical(wanted)
    if base(have) != base(want):
        return 0
    if have == want:
        return 3
    return 2 if "-" not in have or "-" not in want else 1
