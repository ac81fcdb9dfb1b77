"""Old calls are deleted, and none because a clock was wrong."""

import pytest
from sqlalchemy import select

from helpers.events import save_call
from helpers.settings import settings_of
from helpers.waiting import wait_until
from local_stt.hub import Hub
from local_stt.jobs.retention import Retention, agreed
from local_stt.service.storage import Storage
from local_stt.store import now, open_store, schema

HOUR = 60 * 60 * 1000
DAY = 24 * HOUR


def looks(store):
    with store._engine.begin() as connection:
        return list(connection.execute(select(schema.looks.c.at)).scalars())


class Machine:
    """A machine on which old calls are looked for; its clock may be set."""

    def __init__(self, store, days=30):
        self.now = now()
        self._store, self._days = store, days
        self.start()

    def start(self):
        """Start the program."""
        self._retention = Retention(self._store, self._days, wall=lambda: self.now)

    def boot(self, after, wrong=0):
        """Switch the machine off for so long; its clock is wrong by so much then."""
        self.now += after + wrong
        self.start()

    def run(self, milliseconds):
        """Look every hour for so long; return what was deleted."""
        deleted = self._retention.look()
        for _ in range(milliseconds // HOUR):
            self.now += HOUR
            deleted += self._retention.look()
        return deleted


@pytest.fixture
def machine(store):
    machine = Machine(store)
    for age in (1, 10, 29):
        save_call(store, f"CA{age}", "hello", at=machine.now - age * DAY)
    return machine


def test_a_call_is_deleted_a_day_after_it_became_too_old(machine):
    assert machine.run(48 * HOUR) == []
    assert machine.run(HOUR) == ["CA29"]
    assert machine.run(8 * DAY) == []


def test_a_clock_that_is_far_ahead_at_the_start_and_right_an_hour_later_deletes_nothing(machine):
    machine.run(2 * HOUR)
    machine.boot(after=HOUR, wrong=40 * DAY)
    assert machine.run(HOUR) == []
    machine.now -= 40 * DAY
    assert machine.run(12 * HOUR) == []
    machine.boot(after=HOUR, wrong=40 * DAY)
    assert machine.run(0) == []
    machine.boot(after=HOUR - 40 * DAY)
    assert machine.run(0) == []


def test_a_clock_that_leaps_deletes_nothing_before_it_was_so_for_a_day(machine):
    assert machine.run(6 * HOUR) == []
    machine.now += 40 * DAY
    assert machine.run(23 * HOUR) == []
    assert sorted(machine.run(HOUR)) == ["CA1", "CA10", "CA29"]


def test_a_machine_that_is_paused_every_night_deletes_old_calls_too(machine):
    """Its clock leaps every morning, as far as the program can tell."""
    machine.run(16 * HOUR)
    machine.now += 8 * HOUR
    assert machine.run(16 * HOUR) == []
    machine.now += 8 * HOUR
    assert machine.run(2 * HOUR) == ["CA29"]


def test_a_clock_that_is_put_back_deletes_nothing_that_is_not_old(machine):
    machine.run(2 * HOUR)
    machine.now -= 20_000 * DAY  # a machine without a battery begins in 1970 or so
    assert machine.run(2 * DAY) == []
    machine.now += 20_000 * DAY
    assert machine.run(23 * HOUR) == []


def test_what_was_too_old_a_day_before_is_deleted_however_often_the_program_is_started(machine):
    machine.boot(after=2 * DAY)
    assert machine.run(0) == []
    for _ in range(23):
        machine.boot(after=HOUR)
        assert machine.run(0) == []
    machine.boot(after=HOUR)
    assert machine.run(0) == ["CA29"]


def test_a_month_without_the_program_is_asked_about_twice_too(machine):
    machine.run(0)
    machine.boot(after=31 * DAY)
    assert machine.run(23 * HOUR) == []
    assert sorted(machine.run(HOUR)) == ["CA1", "CA10", "CA29"]


def test_starts_in_quick_succession_do_not_push_out_the_look_of_the_day_before(machine):
    machine.now += 2 * DAY
    machine.run(0)
    for _ in range(500):
        machine.now += DAY // 500
        machine.start()
        deleted = machine.run(0)
    assert deleted == ["CA29"]


def test_a_command_deletes_at_once(store, machine):
    store.delete("CA1", at=machine.now)
    assert store.call("CA1").state == "deleted"


@pytest.mark.parametrize(
    ("looks", "moment"),
    [
        ([5 * DAY], None),
        ([5 * DAY, 4 * DAY + 1], None),
        ([5 * DAY, 4 * DAY, 3 * DAY], 4 * DAY),
        ([5 * DAY, 4 * DAY + HOUR, 2 * DAY], 2 * DAY),
        ([5 * DAY, 1], 1),
    ],
)
def test_all_looks_of_the_last_day_have_to_agree(looks, moment):
    assert agreed(looks) == moment


def test_a_program_that_starts_with_a_wrong_clock_keeps_all(tmp_path, monkeypatch):
    store = open_store(tmp_path)
    save_call(store, "CA1", "hello", at=now())
    store.close()
    ahead = now() + 40 * DAY
    monkeypatch.setitem(Retention.__init__.__kwdefaults__, "wall", lambda: ahead)
    with Storage(settings_of(data_dir=tmp_path, retain_days=30), lambda _: "m", Hub()) as writer:
        wait_until(lambda: looks(writer.store) == [ahead])
        assert writer.store.call("CA1").state == "ended"
    store = open_store(tmp_path)
    assert store.call("CA1").state == "ended"
    store.close()
