"""Phrases that are looked for before a word, after it, or anywhere."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ...formatting.matching import Said


class Phrases:
    """Some phrases, by their first and last words."""

    def __init__(self, text: str) -> None:
        """Take phrases with `;` or lines between them."""
        lines = text.replace(";", "\n").splitlines()
        self._by_first: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        self._by_last: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase in filter(None, (tuple(line.split()) for line in lines)):
            self._by_first[phrase[0]].append(phrase)
            self._by_last[phrase[-1]].append(phrase)

    def before(self, said: Said, at: int) -> int:
        """Return how many words the longest phrase has that ends before a position; 0 if none does."""
        phrases = self._by_last.get(said[at - 1], ()) if at else ()
        return _longest(phrase for phrase in phrases if said.before(at, len(phrase)) == phrase)

    def after(self, said: Said, at: int) -> int:
        """Return how many words the longest phrase has that begins at a position; 0 if none does."""
        return _longest(phrase for phrase in self._by_first.get(said[at], ()) if said.follows(at, *phrase))

    def are_in(self, said: Said) -> bool:
        """Tell whether any phrase is in an utterance."""
        return any(self.after(said, at) for at in range(len(said)))


def _longest(phrases: Iterable[Sequence[str]]) -> int:
    return max(map(len, phrases), default=0)
