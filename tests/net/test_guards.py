"""Who may call a route: what its blueprint's guard lets pass, and nobody where there is no guard."""

from itertools import product

import pytest
import requests
from flask import Blueprint, Flask

from helpers.servers import VIEWERS_TOKEN
from local_stt.api.compat.signed_audio import SignedAddresses
from local_stt.net import connections
from local_stt.net.guards import Guard, LocalOnly, OpenToAll, is_guarded, refuse_unguarded
from local_stt.telephony.guards import StreamGuard
from local_stt.web.guards import LinkGuard, ProgramsGuard, SessionsGuard, ViewersGuard

BEARER = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}


def blueprint(rule):
    """Return the name of a route's blueprint."""
    return rule.endpoint.rpartition(".")[0]


@pytest.fixture
def app_of_all(served):
    """Return the application with all routes there are."""
    with served() as (_, app):
        yield app


def test_every_route_has_a_guard(app_of_all):
    rules = list(app_of_all.url_map.iter_rules())
    assert [rule.rule for rule in rules if not is_guarded(app_of_all, [blueprint(rule)])] == []
    assert len(rules) > 30


def test_only_health_is_open_and_only_what_twilio_asks_is_closed_to_viewers(app_of_all):
    kinds = {}
    for rule in app_of_all.url_map.iter_rules():
        guard = app_of_all.before_request_funcs[blueprint(rule)][0]
        kinds.setdefault(type(guard), set()).add(rule.rule)
    assert kinds.pop(ViewersGuard) >= {"/", "/client", "/metrics", "/api/calls", "/api/openapi.json"}
    vendors = ("/v1/", "/v2/", "/v3/", "/vosk", "/lemur/")
    assert all(rule.startswith(vendors) for rule in kinds.pop(ProgramsGuard))
    assert kinds == {
        OpenToAll: {"/healthz", "/readyz"},
        SignedAddresses: {"/v2/audio/<call_id>.wav", "/v2/audio/<call_id>.redacted.wav"},
        LinkGuard: {"/enter"},
        SessionsGuard: {"/v3/ws"},
        StreamGuard: {"/stream"},
        LocalOnly: {"/call", "/dialed", "/call-status", "/recording-status", "/stream-status"},
    }


class Nobody(Guard):
    """Lets nobody pass."""

    def refusal(self):
        """Refuse."""
        return "nobody", 401


@pytest.fixture
def app():
    app = Flask("test")
    refuse_unguarded(app, Nobody())
    return app


def speech(name="drop_in", **options):
    """Make a blueprint such as one that serves programs made for another service."""
    blueprint = Blueprint(name, __name__, **options)

    @blueprint.get("/v1/anything")
    def anything():
        return "the words of a call"

    return blueprint


def test_a_route_without_a_guard_does_not_answer(app, caplog):
    app.register_blueprint(speech())
    answer = app.test_client().get("/v1/anything")
    assert answer.status_code == 403
    assert "the words" not in answer.text
    assert "The route drop_in.anything has no guard" in caplog.text


def test_a_route_of_no_blueprint_does_not_answer(app):
    app.add_url_rule("/v1/anything", view_func=lambda: "the words of a call")
    assert app.test_client().get("/v1/anything").status_code == 403


def test_another_function_of_a_blueprint_is_no_guard(app):
    blueprint = speech()
    blueprint.before_request(lambda: None)
    app.register_blueprint(blueprint)
    assert app.test_client().get("/v1/anything").status_code == 403


def test_a_guard_that_comes_after_another_function_is_none(app):
    blueprint = speech()
    blueprint.before_request(lambda: None)
    app.register_blueprint(OpenToAll().protect(blueprint))
    assert app.test_client().get("/v1/anything").status_code == 403


def test_a_guard_refuses_or_lets_pass(app):
    app.register_blueprint(OpenToAll().protect(speech()))
    app.register_blueprint(Nobody().protect(speech("other", url_prefix="/other")))
    assert app.test_client().get("/v1/anything").text == "the words of a call"
    assert app.test_client().get("/other/v1/anything").status_code == 401


def test_a_guard_also_protects_the_blueprints_inside_its_own(app):
    outer = Nobody().protect(Blueprint("outer", __name__))
    outer.register_blueprint(speech())
    app.register_blueprint(outer)
    assert app.test_client().get("/v1/anything").status_code == 401


def test_what_has_no_route_meets_a_guard_of_its_own(app):
    assert app.test_client().get("/nothing").status_code == 401


@pytest.mark.parametrize("token", ["", "secret"])
def test_a_blueprint_that_is_added_to_the_whole_server_is_closed(served, token):
    with served(auth_token=token) as (server, app):
        app.register_blueprint(speech())
        for headers in ({}, BEARER):
            answer = requests.get(server.http + "/v1/anything", headers=headers, timeout=400)
            assert answer.status_code == 403


@pytest.mark.parametrize("token", ["", "secret"])
def test_a_stranger_gets_nothing_from_any_route_but_that_the_server_is_there(served, token):
    answered = set()
    with served(auth_token=token) as (server, app):
        for rule, method in product(app.url_map.iter_rules(), ["GET", "POST", "DELETE", "HEAD", "OPTIONS"]):
            path = rule.rule.replace("<path:name>", "app.css").replace("<call_id>", "CA1")
            headers = {"X-Forwarded-For": "203.0.113.9"}
            if requests.request(method, server.http + path, headers=headers, timeout=400).ok:
                answered.add(path)
    assert answered == {"/healthz", "/readyz"}


@pytest.mark.parametrize(
    ("guard", "headers", "status", "count"),
    [
        (LocalOnly(), {"Host": "localhost"}, 200, 1),
        (LocalOnly(), {"Host": "evil.example"}, 403, 0),
        (OpenToAll(), {"Host": "localhost"}, 200, 0),
        (Nobody(), {"Host": "localhost"}, 401, 0),
        (StreamGuard(lambda: True, Nobody()), {}, 200, 1),
        (StreamGuard(lambda: False, LocalOnly()), {"Host": "localhost"}, 200, 1),
        (StreamGuard(lambda: False, Nobody()), {}, 401, 0),
    ],
)
def test_a_connection_is_admitted_once_where_its_guard_lets_it_pass(app, guard, headers, status, count):
    admitted = []
    app.register_blueprint(guard.protect(speech()))
    environ = {connections._ADMIT: lambda: admitted.append(True)}
    answer = app.test_client().get("/v1/anything", headers=headers, environ_overrides=environ)
    assert (answer.status_code, len(admitted)) == (status, count)
