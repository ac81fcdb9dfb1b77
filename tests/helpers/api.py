"""The API without a server."""

from flask import Flask

from local_stt.config.phonebook import Phone, Phonebook
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.formatters import Formatters, RedactedCopies
from local_stt.hub import Hub
from local_stt.metrics import Metrics
from local_stt.web import Viewers, Viewing
from local_stt.web.event_log import EventLog

TOKEN = {"Authorization": "Bearer the-token"}


def app_of(store, *, format_text=False, event_log=None, **options):
    """Make an application that serves the API of a store to viewers."""
    app = Flask("test")
    viewers = Viewers("the-token", event_log or EventLog())
    formatters = Formatters(FormattingSettings(format_text=format_text), CallSettings())
    viewing = Viewing(
        viewers,
        Hub([viewers.event_log]),
        Metrics(),
        formatters,
        RedactedCopies(formatters, Phonebook(Phone())),
        lambda _: False,
        store,
        **options,
    )
    viewing.add_to(app, viewers.guards(["http://localhost"]))
    return app


def get(client, path, status=200, **options):
    """Get a path of the API, and its JSON where there is some."""
    response = client.get("/api" + path, headers=TOKEN, **options)
    assert response.status_code == status, response.text
    return response.get_json(silent=True)
