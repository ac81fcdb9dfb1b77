"""Live sessions of programs, message by message."""

import contextlib
import json
import threading

from simple_websocket import Client, ConnectionClosed


def opened(server, path, **options):
    """Open a session at a path of a server."""
    base = server.stream.removesuffix("/stream")
    return Client.connect(f"{base}/{path}", max_message_size=2**20, **options)


def received(client):
    """List what comes until the server closes the session."""
    messages = []
    with contextlib.suppress(ConnectionClosed):
        while message := client.receive(timeout=400):
            messages.append(json.loads(message))
    return messages


def talked(client, audio, *more, step=3200):
    """Send audio and more messages, and return what comes until the server closes the session."""

    def send():
        for at in range(0, len(audio), step):
            client.send(audio[at : at + step])
        for message in more:
            client.send(message)

    sending = threading.Thread(target=send)
    sending.start()
    messages = received(client)
    assert client.close_reason == 1000
    sending.join()
    return messages
