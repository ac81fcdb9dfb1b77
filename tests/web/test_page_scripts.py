"""The page's scripts without a browser: their functions, the words and types they share with the server."""

import json
import os
import re
import shutil
import subprocess
from collections import ChainMap
from dataclasses import fields
from typing import get_args

import marshmallow
import pytest

from helpers.project import PROJECT
from local_stt import events
from local_stt.api import contact_schemas, schemas, status_schemas
from local_stt.core.call_record import SPEAKERS, LineKind, utterance_of
from local_stt.events import AudioSetAside, DigitPressed, Gap
from local_stt.telephony.call_statuses import ANSWERED, OVER

SCHEMAS = ChainMap(*map(vars, (schemas, contact_schemas, status_schemas)))
WEB = PROJECT / "local_stt" / "web"
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(
    not NODE and not os.environ.get("CI"), reason="Node.js is not installed (Debian: nodejs)"
)


def node(*arguments):
    done = subprocess.run(
        [NODE or "node", *arguments], cwd=PROJECT, capture_output=True, check=False, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_node
def test_the_functions_of_the_scripts_do_what_they_say():
    node("--test", *map(str, sorted((PROJECT / "tests" / "web").glob("*.test.js"))))


@needs_node
def test_the_page_has_the_servers_words():
    happened = {
        LineKind.DIGIT: DigitPressed("CA1", "inbound", "5", 3.0),
        LineKind.GAP: Gap("CA1", 4.0, 6.5),
        LineKind.SET_ASIDE: AudioSetAside("CA1", "outbound", 7.0, 7.5),
    }
    script = f"""
        import * as vocabulary from {json.dumps((WEB / "static" / "vocabulary.js").as_uri())};
        const happened = {json.dumps({str(kind): events.to_dict(each) for kind, each in happened.items()})};
        const noted = Object.entries(vocabulary.NOTES).map(([kind, note]) => [kind, note(happened[kind])]);
        console.log(JSON.stringify({{ ...vocabulary, NOTES: Object.fromEntries(noted) }}));
    """
    words = json.loads(node("--input-type=module", "--eval", script))
    assert words["NOTES"] == {str(kind): utterance_of(each).text for kind, each in happened.items()}
    assert words["SPEAKERS"] == SPEAKERS
    assert words["FINAL_STATUSES"] == list(OVER)
    assert words["IN_PROGRESS"] in ANSWERED


def interfaces(name):
    """Return what a file of types declares: of each interface its properties, and the type of each."""
    text = re.sub(r"/\*\*.*?\*/", "", (WEB / "types" / name).read_text(), flags=re.DOTALL)
    found = {}
    for interface, base, body in re.findall(
        r"^export interface (\w+)(?: extends (\w+))? {\n(.*?)^}", text, re.MULTILINE | re.DOTALL
    ):
        found[interface] = found.get(base, {}) | dict(re.findall(r"^  (\w+): (.*);$", body, re.MULTILINE))
    return found


def type_of(field):
    """Return what TypeScript calls the values of a schema's field."""
    match field:
        case marshmallow.fields.List(inner=inner):
            base = f"({type_of(inner)})[]" if "|" in type_of(inner) else f"{type_of(inner)}[]"
        case marshmallow.fields.Nested():
            base = field.schema.__class__.__name__
        case marshmallow.fields.String(validate=marshmallow.validate.OneOf(choices=choices)):
            base = " | ".join(f'"{choice}"' for choice in choices)
        case marshmallow.fields.String():
            base = "string"
        case marshmallow.fields.Dict(value_field=marshmallow.fields.String()):
            base = "Record<string, string>"
        case marshmallow.fields.Boolean():
            base = "boolean"
        case marshmallow.fields.Number():
            base = "number"
        case _:
            base = "object"
    return f"{base} | null" if field.allow_none else base


@pytest.mark.parametrize("name", interfaces("api.d.ts"))
def test_the_types_of_answers_are_those_of_the_api(name):
    schema = SCHEMAS[name]()
    declared = {
        key: re.sub("Milliseconds|Timestamp", "number", kind).replace("[number, number]", "number[]")
        for key, kind in interfaces("api.d.ts")[name].items()
    }
    assert declared == {key: type_of(field) for key, field in schema.fields.items()}


def test_the_types_of_events_are_those_of_the_server():
    declared = interfaces("events.d.ts")
    text = (WEB / "types" / "events.d.ts").read_text()
    names = dict(
        re.findall(r'^  "?([\w-]+)"?: (\w+);$', text[text.index("interface LiveEvents") :], re.MULTILINE)
    )
    assert names == {name: event.__name__ for event, name in events.NAMES.items()}
    for event in (*get_args(events.Event), events.Word, events.Token, events.Redaction):
        assert list(declared[event.__name__]) == [each.name for each in fields(event)]


def check_page(folder, **environment):
    """Run `make check-page` where neither Node.js nor anything else of this machine but a shell is found."""
    (folder / "bin").mkdir()
    for tool in ("make", "sh"):
        (folder / "bin" / tool).symlink_to(shutil.which(tool))
    for name in ("Makefile", "package.json", "package-lock.json"):
        shutil.copy(PROJECT / name, folder)
    return subprocess.run(
        ["make", "check-page"],
        cwd=folder,
        env={"PATH": str(folder / "bin"), **environment},
        capture_output=True,
        check=False,
        text=True,
    )


def test_without_node_the_check_says_that_it_was_left_out(tmp_path):
    done = check_page(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The page's scripts are not checked: Node.js is not installed")


def test_without_node_the_check_fails_in_ci(tmp_path):
    done = check_page(tmp_path, CI="true")
    assert done.returncode == 2
    assert "npm" in done.stderr


def test_the_lock_of_the_tools_names_no_registry_but_the_public_one():
    packages = json.loads((PROJECT / "package-lock.json").read_text())["packages"]
    named = [each["resolved"] for each in packages.values() if "resolved" in each]
    assert [each for each in named if not each.startswith("https://registry.npmjs.org/")] == []
    assert all(each.get("integrity") for path, each in packages.items() if path)
