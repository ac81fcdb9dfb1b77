"""What is done again and again."""

from helpers.waiting import wait_until
from local_stt.system.repeating import Repeating


def test_work_that_fails_is_done_again(caplog):
    done = []

    def work():
        done.append(True)
        raise OSError("not now")

    with Repeating("a-look", work, 0.01):
        wait_until(lambda: len(done) > 2)
    assert "a-look failed, and is tried again" in caplog.text
