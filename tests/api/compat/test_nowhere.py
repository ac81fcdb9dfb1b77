"""Paths where no route is, and pages of other servers."""

import pytest
import requests
from simple_websocket import Client

from helpers.servers import VIEWERS_TOKEN

KEY = {"Authorization": VIEWERS_TOKEN}


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/audio/speech", ["error"]),
        ("/v1/speak", ["err_code", "err_msg", "request_id"]),
        ("/v2/Prompts", ["code", "message", "more_info", "status"]),
        ("/v2/Transcripts/GT1/Encrypted/Sentences", ["code", "message", "more_info", "status"]),
        ("/v2/realtime/ws", ["error"]),
        ("/v3/Conversations", ["code", "message", "more_info", "status"]),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_each_vendor_has_its_own_shape_of_404(server, path, shape, method):
    answer = requests.request(method, server.http + path, headers=KEY, timeout=400)
    assert (answer.status_code, sorted(answer.json())) == (404, shape)
    assert requests.request(method, server.http + path, timeout=400).status_code == 401


def test_pages_of_other_servers_may_ask_with_the_token_alone(server):
    page = {"Origin": "https://page.example"}
    models = f"{server.http}/v1/models"
    assert requests.get(models, headers=KEY | page, timeout=400).status_code == 200
    assert requests.get(models, headers=page, timeout=400).status_code == 401
    calls = f"{server.http}/api/calls"
    bearer = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}
    assert requests.get(calls, headers=bearer | page, timeout=400).status_code == 403
    url = f"{server.stream.removesuffix('/stream')}/v1/listen?encoding=mulaw"
    Client.connect(url, subprotocols=["token", VIEWERS_TOKEN], headers=page).close()
