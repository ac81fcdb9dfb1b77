"""Calls as Twilio streams them, and what can be wrong with their messages: the same for the same seed."""

import base64
import copy
import json
import random

from helpers import messages

PACKET = 160
"""Bytes of 20 ms"""

IDENTIFIER = "CAfuzz{:08d}"

NUMBERS = (0, 1, -1, 0.5, 119, 10**6, 86_399_999, 86_400_000, 86_400_001, 2**31, 2**63, 10**15, 10**30)
"""Of milliseconds and chunks: the last of a day, and what is no longer one"""

ODD = (
    *NUMBERS,
    *map(str, NUMBERS),
    *(None, True, False, "", " 1", "1e9", "\u0661", "NaN", "\0", "\ud800", "\u202e", "x" * 2000),
    *("inbound", "outbound", "inbound_track", "both_tracks", "sideways", "start", "stop", "media"),
    *([], {}, [[]], {"": ""}, [1, "1"], {"event": "start"}),
)

RAW = {
    "<deep list>": "[" * 5000 + "]" * 5000,
    "<deep object>": '{"a":' * 2500 + "1" + "}" * 2500,
    "<digits>": "9" * 5000,
    "<not a number>": "NaN",
    "<infinity>": "-Infinity",
    "<beyond any number>": "1e999",
    "<twice>": '1,"event":"stop","media":{},"event":"media"',
}
"""What Python's `json` does not write, by what stands for it until it is written"""

PAYLOADS = (0, 1, 2, 3, 79, 159, 161, 320, 800, 4000, 11_000)
"""Bytes"""

NOT_BASE64 = ("=", "====", "AAA", "A===", "AA=A", "A A=", "\n", "-_-_", "\u00e9", "AAAA" * 9 + "\0", "%00")

UNKNOWN = ("mark", "clear", "pong", "", "Start", "media ", "connected", "error", "\ud800")
"""Names of events that nothing comes of"""


def call(number, speech, rng):
    """The messages of a whole call as JSON, in which both sides speak for a second or so."""
    tracks = rng.choice([("inbound",), ("inbound", "outbound")])
    parameters = {"caller": "+15550100001", "direction": rng.choice(["inbound", "outbound"])}
    found = [messages.CONNECTED, messages.start(IDENTIFIER.format(number), tracks, **parameters)]
    begin = rng.randrange(len(speech))
    for chunk in range(1, rng.choice([3, 10, 50, 80])):
        for track in tracks:
            at = begin + chunk * PACKET
            packet = speech[at : at + PACKET].ljust(PACKET, b"\xff")
            found.append(messages.media(packet, track=track, chunk=chunk, at_ms=chunk * 20))
    found.insert(rng.randrange(2, len(found)), messages.dtmf("5"))
    return [json.loads(text) for text in [*found, messages.STOP]]


def damaged_call(number, speech, rng):
    """Return what comes on the line of a call with damaged messages: texts, and bytes of binary frames."""
    sent = call(number, speech, rng)
    if rng.random() < 0.4:
        sent = disordered(sent, rng)
    share = rng.choice([0, 0.02, 0.1, 0.5])
    for message in sent:
        data = damaged(message, rng) if rng.random() < share else written(message)
        yield data.encode("utf-8", "surrogatepass") if rng.random() < 0.02 and isinstance(data, str) else data


def disordered(sent, rng):
    """The messages in another order, some of them left out, sent again or of another call."""
    sent = list(sent)
    for _ in range(rng.choice([1, 1, 2, 10])):
        at, other = rng.randrange(len(sent)), rng.randrange(len(sent))
        match rng.randrange(7):
            case 0:
                del sent[at]
            case 1:
                sent.insert(other, sent[at])
            case 2:
                sent[at], sent[other] = sent[other], sent[at]
            case 3:
                sent[at:] = reversed(sent[at:])
            case 4:
                del sent[: rng.choice([1, 2, 5])]
            case 5:
                sent.insert(other, json.loads(messages.start(IDENTIFIER.format(at))))
            case 6:
                sent[at:at] = sent[: rng.randrange(len(sent))]
        if not sent:
            return [json.loads(messages.STOP)]
    return sent


def damaged(message, rng):
    """One message with something done to it: a text, or bytes that may be none."""
    message = json.loads(json.dumps(message))
    for _ in range(rng.choice([1, 1, 2, 5])):
        rng.choice((_with_odd_value, _without_field, _with_odd_audio, _at_odd_time, _renamed))(message, rng)
    return _with_odd_bytes(written(message), rng) if rng.random() < 0.3 else written(message)


def written(message):
    """The message as JSON, also what JSON has no words for."""
    text = json.dumps(message)
    for name, raw in RAW.items():
        text = text.replace(f'"{name}"', raw)
    return text


def _places(tree):
    """All places in a message: what they are in, and under which key."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(inside):
        yield tree, key
        yield from _places(value)


def _place(message, rng):
    return rng.choice(list(_places(message)) or [(message, "event")])


def _with_odd_value(message, rng):
    inside, key = _place(message, rng)
    inside[key] = copy.deepcopy(rng.choice(list(RAW) if rng.random() < 0.2 else ODD))


def _without_field(message, rng):
    inside, key = _place(message, rng)
    if isinstance(inside, list) or key in inside:
        del inside[key]


def _renamed(message, rng):
    """A kind of message that there is not, or a field by another name, or another stream's."""
    match rng.randrange(3):
        case 0:
            message["event"] = rng.choice(UNKNOWN)
        case 1:
            message["streamSid"] = rng.choice(["MZ2", "", 7])
        case 2:
            inside, key = _place(message, rng)
            if isinstance(inside, dict) and key in inside:
                inside[rng.choice(["", "a", str(key).upper(), "event"])] = inside.pop(key)


def _with_odd_audio(message, rng):
    media = message.get("media")
    if isinstance(media, dict):
        data = base64.b64encode(rng.randbytes(rng.choice(PAYLOADS))).decode()
        media["payload"] = rng.choice(NOT_BASE64) if rng.random() < 0.3 else data


def _at_odd_time(message, rng):
    """A clock or a count that leaps, goes back or stands still."""
    media = message.get("media")
    if isinstance(media, dict):
        field = rng.choice(["timestamp", "timestamp", "chunk"])
        value = rng.choice(NUMBERS) if rng.random() < 0.5 else rng.randrange(3_600_000)
        media[field] = str(value) if rng.random() < 0.8 else value


def _with_odd_bytes(text, rng):
    """Change, cut off or insert some bytes of a text; return bytes if the result is not a text."""
    data = bytearray(text.encode())
    for _ in range(rng.choice([1, 1, 3, 20])):
        at = rng.randrange(len(data) or 1)
        match rng.randrange(5):
            case 0 if data:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                del data[at:]
            case 2:
                del data[at : at + rng.choice([1, 4, 50])]
            case 3:
                data[at:at] = rng.randbytes(rng.choice([1, 4, 50]))
            case _:
                data[at:at] = rng.choice([b"\xff\xfe", b"\xed\xa0\x80", b"\0", b"\xef\xbb\xbf", b"{", b'"'])
    try:
        return data.decode()
    except UnicodeDecodeError:
        return bytes(data)


def seeded(*names):
    """A source of chance that is the same for the same names."""
    return random.Random("/".join(map(str, names)))
