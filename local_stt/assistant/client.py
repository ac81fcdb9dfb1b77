"""Ask a language model over OpenAI's API, as Ollama, llama.cpp, vLLM and LM Studio offer it.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

import json
import socket
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

from ..config.settings import AssistantSettings
from ..errors import AssistantError
from ..net.bounded_http import whole_body
from ..net.near_addresses import FarAddressError, connect_near
from ..net.posting import posted
from ..net.timeouts import root_cause
from .prompts import Message

MAX_BYTES = 2 * 1024 * 1024
"""Bytes of an answer"""

MAX_USAGE = 10**12
"""Tokens that an answer can have cost"""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote, and what that cost."""

    written: str
    is_cut: bool
    """Whether there was no room for more"""
    input_tokens: int
    output_tokens: int


class ChatClient:
    """Asks one model.  Its host is this machine, in a private network, or allowed by name."""

    def __init__(self, settings: AssistantSettings) -> None:
        self._settings = settings
        self.host = urlsplit(settings.llm_url).hostname or ""
        self._is_allowed = self.host in settings.llm_allowed_hosts

    def complete(self, messages: list[Message], max_tokens: int) -> Completion:
        """Return what the model writes next.  Raises `AssistantError`, which names the setting to change."""
        asked = {
            "model": self._settings.llm_model,
            "messages": messages,
            "max_tokens": max_tokens,
            "temperature": 0,
            "stream": False,
        }
        status, body = self._answer(json.dumps(asked).encode())
        if status != HTTPStatus.OK:
            raise self._refused(status)
        try:
            return _completion(json.loads(body))
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise self._failed("what answers there does not speak OpenAI's API") from error

    def _answer(self, body: bytes) -> tuple[int, bytes]:
        """Send a request; return the status and the body of the answer."""
        settings = self._settings
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if settings.llm_key:
            headers["Authorization"] = f"Bearer {settings.llm_key}"
        url = f"{settings.llm_url}/chat/completions"
        try:
            with posted(url, body, headers, settings.llm_timeout_seconds, self._connect) as response:
                return response.status_code, whole_body(response, MAX_BYTES)
        except requests.RequestException as error:
            raise self._unreached(error) from error

    def _connect(self, host: str, port: int, timeout: float | None) -> socket.socket:
        if self._is_allowed:
            return socket.create_connection((host, port), timeout)
        return connect_near(host, port, timeout)

    def _unreached(self, error: requests.RequestException) -> AssistantError:
        cause = root_cause(error)
        if isinstance(cause, FarAddressError):
            return self._failed(
                "it is neither this machine nor in a private network; LLM_ALLOWED_HOSTS can allow its host"
            )
        if isinstance(cause, TimeoutError) or isinstance(error, requests.Timeout):
            seconds = self._settings.llm_timeout_seconds
            return self._failed(f"it gave no answer within {seconds} seconds (LLM_TIMEOUT_SECONDS)", 504)
        if isinstance(error, requests.ConnectionError):
            return self._failed("it cannot be reached: start it, or correct LLM_URL")
        return self._failed(f"its answer cannot be read ({error.args[0] if error.args else error})")

    def _refused(self, status: int) -> AssistantError:
        match status:
            case 401 | 403:
                return self._failed(f"it refused LLM_KEY ({status})")
            case 404:
                return self._failed("it knows no such model or path (404): correct LLM_MODEL or LLM_URL")
            case 400 | 413 | 422:
                return self._failed(
                    f"it refused the request ({status}): it may read less at once than LLM_CONTEXT_TOKENS"
                )
            case 429 | 503:
                return self._failed(f"it is busy ({status}): try again in a moment", 503)
        return self._failed(f"it answered {status}")

    def _failed(self, reason: str, status: int = 502) -> AssistantError:
        return AssistantError(
            f"The language model at LLM_URL ({self.host}) gives no answer: {reason}.", status
        )


def _completion(answer: Any) -> Completion:
    """Read an answer.  Raises `ValueError`, `LookupError` or `TypeError` for one of another form."""
    choice = answer["choices"][0]
    written, usage = choice["message"]["content"] or "", answer.get("usage") or {}
    if not isinstance(written, str):
        raise TypeError("the content is no text")
    is_cut = choice.get("finish_reason") == "length"
    return Completion(
        written, is_cut, *(_tokens(usage, name) for name in ("prompt_tokens", "completion_tokens"))
    )


def _tokens(usage: Any, name: str) -> int:
    count = usage.get(name) if isinstance(usage, dict) else None
    return count if isinstance(count, int) and 0 <= count <= MAX_USAGE else 0
