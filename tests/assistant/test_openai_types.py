"""What the language model is sent, and what its stand-in answers, has the types of OpenAI's own SDK."""

import json

import pytest

from helpers.assistants import assistant_for
from helpers.events import final, recording
from helpers.sdks import run_with
from local_stt.assistant import Order, Task
from local_stt.core.call_record import utterance_of
from stand_ins.language_model import MODEL, language_model

CHECK = """
import json, sys
from typing import get_args, get_type_hints
from openai import OpenAI
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from pydantic import TypeAdapter
base, asked = sys.argv[1], json.loads(sys.argv[2])
known = get_type_hints(CompletionCreateParamsNonStreaming)
TypeAdapter(CompletionCreateParamsNonStreaming).validate_python(asked, strict=False)
answer = OpenAI(base_url=base, api_key="any").chat.completions.create(**asked)
print(json.dumps({
    "unknown": sorted(set(asked) - set(known)),
    "text": answer.choices[0].message.content,
    "tokens": answer.usage.completion_tokens,
}))
"""


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", ["openai-3", "openai-1"])
def test_openais_sdk_sends_and_reads_the_same(sdk):
    with language_model() as model:
        said = [utterance_of(final("the hose leaks"))]
        written = assistant_for(model).answer(recording(), said, Order(Task.SUMMARY))
        found = run_with(sdk, CHECK, model.url, json.dumps(model.asked[0]))
        assert model.asked[1] == model.asked[0]
    assert model.asked[0]["model"] == MODEL
    assert found == {"unknown": [], "text": written.text, "tokens": written.output_tokens}
