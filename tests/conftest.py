"""What many tests share: the real engine, and servers that are really listening."""

import functools
import os
import signal
from collections import deque
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit

import hypothesis
import pytest

pytest.register_assert_rewrite("helpers")

from helpers.clock import Clock
from helpers.cluster import running_cluster
from helpers.dialing import OURS
from helpers.fetched import NotFetchedError, go_without
from helpers.korean_model import korean_model, models_folder
from helpers.models import DEMO_MODEL
from helpers.notices import collected_notices
from helpers.postgres import programs, running_postgres
from helpers.redis_server import program, running_redis
from helpers.s3_server import BUCKET, Way, environment, running_s3
from helpers.servers import VIEWERS_TOKEN, Running, Witness
from helpers.settings import settings_of
from local_stt.demo import RECORDING
from local_stt.engine import EngineRouter, start_engine
from local_stt.recognizer import SpeechModel
from local_stt.service.application import Application
from local_stt.store import open_store
from local_stt.telephony.call_flow import load_phonebook
from stand_ins.model_mirror import model_mirror
from stand_ins.twilio_api import number, twilio_api
from stand_ins.weak_link import WeakLink

# How long an example takes depends on the machine, and says nothing about what is tested.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")

os.environ["LOCAL_STT_FORMAT_TEXT"] = "no"  # tests compare words; those of formatted text switch it on

FOLDERS = {"end_to_end": "e2e", "browser": "browser"}
"""The marker of all tests in a folder"""

FIXTURES = {
    "engine": "model",
    "model": "model",
    "korean_model_folder": "model",
    "postgres": "postgres",
    "postgres_url": "postgres",
    "redis_url": "redis",
}
"""The marker of all tests that ask for a fixture, or for one that needs it"""


def pytest_collection_modifyitems(items):
    """Mark tests by their folder and by their fixtures; others are marked where they are."""
    for item in items:
        marked = [FOLDERS.get(item.path.parent.name), *map(FIXTURES.get, item.fixturenames)]
        for marker in filter(None, marked):
            item.add_marker(marker)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session", autouse=True)
def _heeded_signals():
    """Have commands heed all signals, which a shell makes those in the background ignore, and `nohup` too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def notices():
    """Yield the texts of all notices that the user gets while the test runs."""
    with collected_notices() as texts:
        yield texts


@pytest.fixture(scope="session")
def model():
    return SpeechModel(DEMO_MODEL)


@pytest.fixture(scope="session")
def korean_model_folder():
    """The official small Korean model; where it cannot be had, only a developer's own machine may go without.

    Tests that use it are marked `korean_model`.
    """
    try:
        return korean_model(models_folder())
    except NotFetchedError as error:
        go_without(error)


@pytest.fixture(scope="session")
def engine():
    """Two worker processes, as on two cores."""
    engine = start_engine(DEMO_MODEL, workers=2)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def running(engine, tmp_path_factory):
    """Starts a live server on a free port: `with running(auth_token=…) as server`."""

    @contextmanager
    def start(
        *,
        public_url="",
        max_calls=100,
        engine=engine,
        max_kept=1000,
        store=None,
        dialer=None,
        uploads=None,
        transcripts=None,
        format_text=False,
        **chosen,
    ):
        settings = settings_of(
            format_text=format_text,
            port=0,
            public_url=public_url,
            max_calls=max_calls,
            keep_calls=False,
            token=VIEWERS_TOKEN,
            data_dir=tmp_path_factory.mktemp("data"),
            **chosen,
        )
        witness = Witness()
        application = Application(
            settings, load_phonebook(settings), EngineRouter(engine, {}), witness, public=bool(public_url)
        )
        application.event_log._entries = deque(maxlen=max_kept)
        site = application.site
        site.storage = store and SimpleNamespace(store=store, interrupted=[])
        site.jobs = SimpleNamespace(uploads=uploads, transcripts=transcripts, recordings=None)
        site.dialer = dialer
        with application:
            yield Running(application, witness)

    return start


@pytest.fixture
def served(running, tmp_path):
    """Starts a server with all routes there are: `with served(auth_token=…) as (server, app)`."""
    store = open_store(tmp_path, f"sqlite:///{tmp_path / 'served.sqlite3'}")

    @contextmanager
    def start(**settings):
        with running(store=store, **settings) as server:
            yield server, server.app

    yield start
    store.close()


@pytest.fixture(scope="session")
def postgres():
    """The URL of a real PostgreSQL; where there is none, only a developer's own machine may go without."""
    if not (programs() or os.environ.get("CI")):
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server():
    """The URL of a real Redis; where there is none, only a developer's own machine may go without."""
    if not (program() or os.environ.get("CI")):
        pytest.skip("Redis is not installed (Debian: redis-server)")
    with running_redis() as url:
        yield url


@pytest.fixture
def redis_url(redis_server):
    """The URL of an empty Redis."""
    import redis

    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture
def postgres_url(postgres):
    """The URL of a PostgreSQL without tables."""
    import psycopg

    yield postgres
    with psycopg.connect(postgres) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@pytest.fixture
def cluster(tmp_path):
    """Starts a deployment of several hosts: `with cluster(hosts=2) as whole`; see `helpers/cluster.py`."""
    return functools.partial(running_cluster, tmp_path)


@pytest.fixture(scope="session")
def s3_server():
    """The port of a real server of the S3 protocol."""
    with running_s3() as port:
        yield port


@pytest.fixture
def s3(s3_server, monkeypatch):
    """A way to an empty bucket, which can be closed."""
    import boto3

    way = Way(s3_server)
    for name, value in environment(way.url).items():
        monkeypatch.setenv(name, value)
    bucket = boto3.resource("s3").create_bucket(Bucket=BUCKET)
    bucket.objects.all().delete()
    yield way
    way.close()


@pytest.fixture(params=["folder", "s3"])
def audio_place(request, tmp_path):
    """An empty store of audio of either kind, as AUDIO_STORE names it."""
    if request.param == "s3":
        request.getfixturevalue("s3")
        return f"s3://{BUCKET}/calls"
    (tmp_path / "mounted").mkdir()
    return str(tmp_path / "mounted")


@pytest.fixture
def stores(postgres_url, tmp_path):
    """The stores of two hosts that share a database, each with a data folder of its own."""
    with ExitStack() as stack:
        found = [open_store(tmp_path / host, postgres_url) for host in "ab"]
        for store in found:
            stack.callback(store.close)
        yield found


@pytest.fixture
def link(redis_url):
    """A connection to Redis that can be cut, and can lose answers."""
    address = urlsplit(redis_url)
    link = WeakLink(address.hostname, address.port)
    yield link
    link.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request, tmp_path):
    """An empty database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'calls.sqlite3'}"
        return
    yield request.getfixturevalue("postgres_url")


@pytest.fixture
def store(tmp_path, database_url):
    store = open_store(tmp_path, database_url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def demo_channels():
    from local_stt.audio_file import read_phone_audio

    return read_phone_audio(RECORDING)


@pytest.fixture
def mirror(monkeypatch):
    """Yield a mirror of models; no proxy of the machine is used to reach it."""
    monkeypatch.setenv("NO_PROXY", "*")
    with model_mirror() as mirror:
        yield mirror


@pytest.fixture
def models(tmp_path):
    """A models folder that does not exist yet."""
    return tmp_path / "models"


@pytest.fixture
def api():
    """A stand-in for Twilio, whose account has one number."""
    with twilio_api(number(OURS)) as api:
        yield api
