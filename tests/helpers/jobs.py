"""Jobs that wait in a store."""

from local_stt.jobs.runner import JobRunner
from local_stt.store import JobKind


def second_passes(store, owner="s1"):
    """Return the second passes that a program of that name may make."""
    return store.jobs.due(JobKind.SECOND_PASS, owner)


def take(store, handler, owner):
    """Take the next job of a handler, as a program of that name would; None if there is none."""
    found = JobRunner(store.jobs, owner, [handler], lambda *_: None).take_next()
    return found and found[1]
