"""Calls posted to a server elsewhere: a real one that is at times slow, broken or gone."""

import base64
import logging
import math
import re
import threading
import time
from email.utils import formatdate

import pytest

from helpers.events import final, save_call, started
from helpers.project import PROJECT
from helpers.waiting import wait_until
from helpers.webhooks import KEY, SECRET
from local_stt.config.settings import Settings, WebhookSettings
from local_stt.events import CallEnded, EndReason, FinalText
from local_stt.hub import Hub
from local_stt.metrics import Metrics
from local_stt.service.storage import Storage
from local_stt.store import DatabaseError, now, open_store
from local_stt.system.clocks import SteadyClock
from local_stt.webhooks import JsonEndpoint, WebhookDispatcher, dispatcher
from local_stt.webhooks.backoff import asked_for, back_off, is_given_up
from local_stt.webhooks.signing import signed
from stand_ins.receiver import webhook_receiver

BOTH = (FinalText, CallEnded)
HOUR = 3600


class Sending:
    """A sender whose rounds, clock and chance are the test's."""

    def __init__(self, store, url, kinds=BOTH):
        self.now = now() + 60_000  # later than anything that the test queues
        self.to = JsonEndpoint(url, KEY)
        subscription = store.outbox.subscribe(self.to.fingerprint, kinds)
        self.wrong = 0  # by how much the machine's clock is set meanwhile
        store.jobs.clock = lambda: self.now
        self.sender = WebhookDispatcher(
            subscription,
            self.to,
            wall=lambda: self.now + self.wrong,
            chance=lambda: 0.0,
        )

    def send(self, after=0.0):
        """Return how many webhooks arrive in one round, `after` seconds later."""
        self.now += round(after * 1000)
        return self.sender.send_due()

    def send_all(self):
        while self.send():
            pass


def by_the_clock(store, receiver):
    """A sender to be started."""
    to = JsonEndpoint(receiver.url, KEY)
    return WebhookDispatcher(store.outbox.subscribe(to.fingerprint, BOTH), to)


@pytest.fixture
def sending(store, receiver):
    return Sending(store, receiver.url)


# What shows that a post is ours


def test_signatures_are_those_of_the_specifications_authors():
    """The vector is of the tests of their libraries."""
    assert signed(KEY, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}') == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def documented_check():
    page = (PROJECT / "docs" / "guides" / "webhooks.md").read_text()
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (code,) = [example for example in examples if "def is_genuine" in example]
    documented = {}
    exec(code, documented)
    return documented["is_genuine"]


def test_the_documented_check_takes_our_posts_and_no_others(sending, store, receiver):
    is_genuine = documented_check()
    save_call(store, "CA1", "hello")
    sending.send()
    (post,) = receiver.posts
    assert is_genuine(SECRET, post.headers, post.body)
    assert not is_genuine(SECRET, post.headers, post.body + b" ")
    assert not is_genuine(SECRET, post.headers | {"webhook-id": "another"}, post.body)
    assert not is_genuine("whsec_" + SECRET.removeprefix("whsec_").swapcase(), post.headers, post.body)
    several = "v1,AAAA v1a,BBBB " + post.headers["webhook-signature"]
    assert is_genuine(SECRET, post.headers | {"webhook-signature": several}, post.body)
    long_ago = signed(KEY, "x", now() // 1000 - 400, b"{}")
    assert not is_genuine(SECRET, long_ago, b"{}")


# When it is tried again


def test_attempts_are_twice_as_far_apart_each_time_up_to_an_hour():
    assert [back_off(attempts, 0.0) for attempts in (1, 2, 3, 10, 12, 13, 5000)] == [
        1,
        2,
        4,
        512,
        2048,
        HOUR,
        HOUR,
    ]
    assert (back_off(3, 0.5), back_off(3, 1.0)) == (3, 2)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("999999999", 24 * HOUR),
        (formatdate(1_700_000_060, usegmt=True), 60),
        (formatdate(1_600_000_000, usegmt=True), 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 24 * HOUR),
        ("Fri, 31 Dec 99999 23:59:59 GMT", 0),
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("1.5", 0),
        ("٣", 0),
        ("1" * 5000, 0),
    ],
)
def test_a_receiver_may_ask_for_time(asked, seconds):
    assert asked_for(asked, 1_700_000_000) == seconds


# What arrives


@pytest.mark.parametrize(
    ("user", "sent"), [("", None), ("me:p%40ss@", "Basic " + base64.b64encode(b"me:p@ss").decode())]
)
def test_a_post_has_the_credentials_of_its_address_and_none_of_a_netrc(
    receiver, monkeypatch, tmp_path, user, sent
):
    (tmp_path / "netrc").write_text("default login somebody password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    JsonEndpoint(receiver.url.replace("://", f"://{user}"), KEY).post("1", {}, at=0)
    (post,) = receiver.posts
    assert post.headers.get("authorization") == sent


def test_finals_and_the_end_of_a_call_are_posted_in_order(sending, store, receiver, notices):
    save_call(store, "CA1", "hello there", "good bye", at=1_700_000_000_000)
    sending.send_all()
    assert receiver.received() == [("final", "hello there"), ("final", "good bye"), ("call-ended", "hung-up")]
    assert receiver.events[0]["words"][1]["text"] == "there"
    assert receiver.events[2]["timestamp"] == "2023-11-14T22:13:29.500Z"
    assert {(post.path, post.headers["content-type"]) for post in receiver.posts} == {
        ("/calls?token=s3cret", "application/json")
    }
    assert len({post.id for post in receiver.posts}) == 3
    assert (sending.sender.delivered, sending.sender.waiting, notices) == (3, 0, [])


def test_calls_are_told_at_the_same_time(sending, store, receiver):
    under_way = threading.Barrier(8)  # which breaks unless eight are

    def answer(_):
        under_way.wait(9)
        return 200, {}

    receiver.answer = answer
    for number in range(8):
        store.start_call(started(f"CA{number}"), at=1, server="s", model="m")
        store.end_call(CallEnded(f"CA{number}", EndReason.HUNG_UP, 1.0), at=2)
    assert sending.send() == 8


def test_what_fails_is_sent_again_under_the_same_name_and_later_each_time(sending, store, receiver, notices):
    receiver.answer = lambda _: (500, {})
    save_call(store, "CA1")
    assert sending.send() == 0
    for wait in (1, 2, 4, 8):
        count = len(receiver.posts)
        assert sending.send(after=wait - 0.001) == 0
        assert len(receiver.posts) == count
        assert sending.send(after=0.001) == 0
        assert len(receiver.posts) == count + 1
    receiver.answer = lambda _: (200, {})
    assert sending.send(after=16) == 1
    assert len({post.id for post in receiver.posts}) == 1
    assert len({post.body for post in receiver.posts}) == 1
    times = [int(post.headers["webhook-timestamp"]) for post in receiver.posts]
    assert [later - times[0] for later in times] == [0, 1, 3, 7, 15, 31]
    assert notices == [
        "127.0.0.1 does not take webhooks: it answered 500. They are kept and sent again.",
        "127.0.0.1 takes webhooks again.",
    ]


@pytest.mark.parametrize("status", [301, 307, 400, 404, 408, 422, 429, 500, 503])
def test_whatever_is_not_success_is_tried_again_and_redirects_are_not_followed(
    sending, store, receiver, status
):
    receiver.answer = lambda _: (status, {"Location": "/elsewhere"})
    save_call(store, "CA1")
    assert sending.send() == 0
    assert sending.send(after=1) == 0
    assert [post.path for post in receiver.posts] == ["/calls?token=s3cret"] * 2
    assert sending.sender.waiting == 1


def test_a_call_whose_posts_fail_holds_up_no_other(sending, store, receiver):
    receiver.answer = lambda post: (500 if post.event["call_id"] == "CA1" else 200, {})
    save_call(store, "CA1", "one")
    save_call(store, "CA2", "two")
    sending.send_all()
    assert receiver.received("CA1") == [("final", "one")]
    assert receiver.received("CA2") == [("final", "two"), ("call-ended", "hung-up")]


def test_a_post_that_is_refused_for_ever_does_not_hold_up_its_call_for_ever(sending, store, receiver):
    receiver.answer = lambda post: (422 if post.event.get("text") == "one" else 200, {})
    save_call(store, "CA1", "one", "two")
    for _ in range(9):
        assert sending.send(after=HOUR) == 0
    sending.send(after=HOUR)
    sending.send_all()
    assert receiver.received() == [("final", "one")] * 10 + [("final", "two"), ("call-ended", "hung-up")]


def test_a_busy_receiver_is_left_alone_for_as_long_as_it_asks(sending, store, receiver):
    receiver.answer = lambda _: (503, {"Retry-After": "120"})
    save_call(store, "CA1")
    sending.send()
    receiver.answer = lambda _: (200, {})
    save_call(store, "CA2")
    assert sending.send(after=119.9) == 0
    assert len(receiver.posts) == 1
    assert sending.send(after=0.1) == 2


def test_one_post_may_be_put_off_for_as_long_as_is_asked(sending, store, receiver):
    receiver.answer = lambda _: (500, {"Retry-After": "120"})
    save_call(store, "CA1")
    sending.send()
    receiver.answer = lambda _: (200, {})
    save_call(store, "CA2")
    assert sending.send(after=119.9) == 1
    assert sending.send(after=0.1) == 1
    assert [event["call_id"] for event in receiver.events] == ["CA1", "CA2", "CA1"]


def test_a_receiver_that_wants_no_more_is_asked_again_by_the_next_start(sending, store, receiver, notices):
    receiver.answer = lambda _: (410, {})
    save_call(store, "CA1")
    sending.send()
    receiver.answer = lambda _: (200, {})
    save_call(store, "CA2")
    assert sending.send(after=30 * 24 * HOUR) == 0
    assert len(receiver.posts) == 1
    assert notices == ["127.0.0.1 wants no more webhooks (410). They are kept, and sent by the next start."]
    assert Sending(store, receiver.url).send(after=2) == 2


def test_after_three_days_a_post_is_given_up_counted_and_said_without_what_it_says(
    sending, store, receiver, caplog
):
    receiver.answer = lambda _: (500, {})
    save_call(store, "CA1", "xylophone")
    sending.send()
    for _ in range(20):
        sending.send(after=3.55 * HOUR)
    assert sending.sender.given_up == 0
    sending.send(after=HOUR)
    assert sending.sender.given_up == 1
    assert "of call CA1 is given up after three days: it answered 500" in caplog.text
    assert not re.search(r"xylophone|\+1555|s3cret", caplog.text)
    receiver.answer = lambda _: (200, {})
    assert sending.send(after=HOUR) == 1  # what was tried less often is tried on, however old
    assert receiver.received()[-1] == ("call-ended", "hung-up")


def test_a_receiver_that_is_not_there_is_told_by_its_host_alone(store, caplog, notices):
    caplog.set_level(logging.DEBUG, "local_stt")
    with webhook_receiver() as gone:
        pass
    sending = Sending(store, f"http://user:s3cret@127.0.0.1:{gone.port}/s3cret?token=s3cret")
    save_call(store, "CA1")
    assert sending.send() == 0
    assert notices == ["127.0.0.1 does not take webhooks: Connection refused. They are kept and sent again."]
    assert "Connection refused" in caplog.text
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("url", ["http://no.such.host.invalid/", "http://a..b/s3cret", "http://127.0.0.1:1/"])
def test_an_address_that_leads_nowhere_does_not_end_the_sender(store, url, notices):
    sending = Sending(store, url)
    save_call(store, "CA1")
    assert sending.send() == 0
    assert len(notices) == 1
    assert "s3cret" not in notices[0]


@pytest.mark.parametrize("trickle", [b"", b"HTTP/1.1 200 OK\r\nX-More: "])
def test_a_receiver_that_never_finishes_its_answer_is_given_up_on_in_time(
    sending, store, receiver, trickle, monkeypatch, notices
):
    monkeypatch.setattr(dispatcher, "RESPONSE_TIMEOUT", 0.5)
    receiver.silent, receiver.trickle = not trickle, trickle
    save_call(store, "CA1")
    began = time.monotonic()
    assert sending.send() == 0
    assert time.monotonic() - began < 5
    assert "it did not answer in time" in notices[0]


def test_what_a_receiver_says_besides_is_not_read(sending, store, receiver):
    receiver.trickle = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
    save_call(store, "CA1")
    began = time.monotonic()
    assert sending.send() == 1
    assert time.monotonic() - began < 5


# When the machine's clock is wrong

DAY = 24 * HOUR
AGAIN = [("final", "hello"), ("final", "hello"), ("call-ended", "hung-up")]


@pytest.mark.parametrize("days", [-40, 40])
def test_a_clock_that_is_set_changes_no_wait(store, receiver, days):
    """The clock is the real one; a post that waits for an hour is not sent before, nor days later."""
    passed, wrong = [0.0], [0.0]
    store.jobs.clock = SteadyClock(wall=lambda: time.time() + passed[0] + wrong[0], uptime=lambda: passed[0])
    to = JsonEndpoint(receiver.url, KEY)
    sender = WebhookDispatcher(store.outbox.subscribe(to.fingerprint, BOTH), to, chance=lambda: 0.0)
    receiver.answer = lambda _: (500, {"Retry-After": str(HOUR)})
    save_call(store, "CA1", "hello")
    assert sender.send_due() == 0
    receiver.answer = lambda _: (200, {})
    wrong[0] = days * DAY
    passed[0] = HOUR - 60
    assert sender.send_due() == 0
    assert len(receiver.posts) == 1
    passed[0] = HOUR
    assert sender.send_due() == 1
    assert sender.send_due() == 1
    assert receiver.received() == AGAIN


@pytest.mark.parametrize("days", [-40, 40])
def test_what_a_wrong_clock_put_off_is_sent_by_the_next_start(store, receiver, days):
    sending = Sending(store, receiver.url)
    sending.now += days * DAY * 1000
    save_call(store, "CA1", "hello")
    receiver.answer = lambda _: (500, {"Retry-After": "60"})
    sending.send()
    receiver.answer = lambda _: (200, {})
    right = Sending(store, receiver.url)
    right.send(after=60)
    right.send_all()
    assert receiver.received() == AGAIN


def test_a_clock_that_is_wrong_for_a_while_has_nothing_given_up(store, receiver):
    sending = Sending(store, receiver.url)
    receiver.answer = lambda _: (500, {})
    save_call(store, "CA1", "hello")
    sending.send()
    wrong = Sending(store, receiver.url)
    wrong.now += 40 * DAY * 1000
    for _ in range(10):
        wrong.send(after=HOUR)
    assert (wrong.sender.given_up, wrong.sender.waiting) == (0, 2)


@pytest.mark.parametrize(
    ("age", "attempts", "given_up"),
    [(3 * DAY, 20, True), (3 * DAY - 1, 500, False), (40 * DAY, 19, False), (-1, 19, False), (-1, 20, True)],
)
def test_a_post_is_given_up_for_its_age_and_its_attempts(age, attempts, given_up):
    assert is_given_up(age, attempts) is given_up


def test_posts_are_signed_with_the_time_that_receivers_have(sending, store, receiver):
    sending.wrong = -40 * DAY * 1000  # the clock was put right
    save_call(store, "CA1")
    assert sending.send() == 1
    assert int(receiver.posts[0].headers["webhook-timestamp"]) == (sending.now + sending.wrong) // 1000


# Beside calls, and through their ends


def settings(tmp_path, receiver, **more):
    return Settings(data_dir=tmp_path, webhooks=WebhookSettings(url=receiver.url, key=KEY, **more))


def test_calls_are_told_as_they_end(tmp_path, receiver):
    metrics = Metrics()
    with Storage(settings(tmp_path, receiver), lambda _: "m", Hub()) as writer:
        metrics.watch(writer.measurements())
        writer(started())
        writer(final("hello"))
        writer(CallEnded("CA1", EndReason.HUNG_UP, 9.5))
        receiver.wait_for(1)
        wait_until(lambda: "local_stt_webhooks_delivered_total 1.0" in metrics.text().decode())
    assert receiver.received() == [("call-ended", "hung-up")]
    assert "local_stt_webhooks_waiting 0.0" in metrics.text().decode()
    assert "local_stt_webhooks_given_up_total 0.0" in metrics.text().decode()


def test_what_happens_last_is_told_before_the_program_ends(tmp_path, receiver):
    with Storage(settings(tmp_path, receiver, finals=True), lambda _: "m", Hub()) as writer:
        writer(started())
        writer(final("hello"))
        writer(final("good bye"))
        writer(CallEnded("CA1", EndReason.SHUTDOWN, 9.5))
    assert receiver.received() == [("final", "hello"), ("final", "good bye"), ("call-ended", "shutdown")]


def test_a_receiver_that_does_not_answer_holds_up_neither_calls_nor_the_end(tmp_path, receiver):
    receiver.silent = True
    with Storage(settings(tmp_path, receiver, finals=True), lambda _: "m", Hub()) as writer:
        writer(started())
        writer(final("hello"))
        receiver.wait_for(1)
        writer(final("good bye"))
        wait_until(lambda: writer.pending == 0)
        assert [each.text for each in writer.store.utterances("CA1")] == ["hello", "good bye"]
        ending = time.monotonic()
    assert time.monotonic() - ending < 4
    receiver.closing.set()


def test_what_did_not_arrive_is_sent_by_the_next_start(tmp_path):
    with webhook_receiver() as gone:
        pass
    with Storage(settings(tmp_path, gone), lambda _: "m", Hub()) as writer:
        writer(started())
        writer(CallEnded("CA1", EndReason.HUNG_UP, 9.5))
    with webhook_receiver(gone.port) as receiver, Storage(settings(tmp_path, receiver), lambda _: "m", Hub()):
        receiver.wait_for(1)
        assert receiver.received() == [("call-ended", "hung-up")]


def test_what_waits_for_another_address_is_said(tmp_path, receiver, notices):
    store = open_store(tmp_path)
    store.outbox.subscribe("another", BOTH)
    save_call(store, "CA1", "hello")
    store.close()
    with Storage(settings(tmp_path, receiver), lambda _: "m", Hub()):
        pass
    assert notices == ["2 webhooks wait for another address, to be sent when it is set again."]
    assert receiver.posts == []


def test_two_programs_post_nothing_twice(tmp_path, database_url, receiver):
    def answer(_):
        time.sleep(0.1)  # or one of them would be done before the other begins
        return 200, {}

    receiver.answer = answer
    stores = [open_store(tmp_path, database_url) for _ in range(2)]
    senders = [by_the_clock(store, receiver) for store in stores]
    for number in range(40):
        save_call(stores[0], f"CA{number}", "hello", "good bye")
    together = threading.Barrier(2)  # or one of them could have sent all before the other looks

    def send(sender):
        together.wait()
        while sender.waiting:
            sender.send_due()

    threads = [threading.Thread(target=send, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert len({post.id for post in receiver.posts}) == len(receiver.posts) == 120
    assert sum(each.delivered for each in senders) == 120
    assert min(each.delivered for each in senders) > 0  # or they did not compete
    for number in range(40):
        assert [said for _, said in receiver.received(f"CA{number}")] == ["hello", "good bye", "hung-up"]


def test_a_store_that_fails_for_a_while_is_waited_for(store, receiver, caplog):
    sending = by_the_clock(store, receiver)
    save_call(store, "CA1")

    def rename(old, new):
        with store._engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    rename("jobs", "elsewhere")
    assert math.isnan(sending.waiting)
    with pytest.raises(DatabaseError):
        sending.send_due()
    sending.start()
    wait_until(lambda: "Webhooks wait for the store" in caplog.text)
    rename("elsewhere", "jobs")
    receiver.wait_for(1)
    sending.close(5)
    assert caplog.text.count("Webhooks wait for the store") == 1
