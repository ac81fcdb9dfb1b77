"""The error for a request that cannot be fulfilled."""


class Refusal(Exception):  # noqa: N818 (it is no fault of the program's)
    """A request cannot be fulfilled; the message is a sentence for the user."""
