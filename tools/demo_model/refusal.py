"""What cannot be done."""


class Refusal(Exception):  # noqa: N818 (it is no fault of the program's)
    """In a sentence for whoever asked for it."""
