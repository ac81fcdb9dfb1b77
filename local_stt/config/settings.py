"""Every setting there is: one frozen `Settings`, from options, environment and `.env`.

Nothing else reads the environment.  The command line's options and the check that the
README lists every setting are made from the same fields.
"""

import difflib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream

from ..bandwidth_extension.upper_band import UpperBand
from ..errors import SettingError
from ..model_files.catalogue import OFFICIAL_LIST
from ..system.private import exposed_by
from . import parsers
from .phonebook import GREETING

PROJECT = Path(__file__).resolve().parents[2]

BUNDLED_MODELS = PROJECT / "models"
"""Where the embedded model is, wherever other models are kept"""


def setting(
    default: Any,
    variable: str,
    description: str,
    *,
    parse: Callable[[str], Any] = parsers.text,
    option: str = "",
    secret: bool = False,
) -> Any:
    """A field of `Settings`: its environment variable, and its command-line option if it has one.

    Secrets have none: options are seen by everyone who can list processes.
    """
    return field(
        default=default,
        repr=not secret,
        metadata={"variable": variable, "description": description, "parse": parse, "option": option},
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this program is to behave.  An empty text or None means: not set."""

    # Twilio
    account_sid: str = setting("", "TWILIO_ACCOUNT_SID", "Twilio account", parse=parsers.account_sid)
    auth_token: str = setting(
        "",
        "TWILIO_AUTH_TOKEN",
        "Twilio auth token; also checks Twilio's signatures",
        parse=parsers.secret,
        secret=True,
    )
    auth_token_secondary: str = setting(
        "",
        "TWILIO_AUTH_TOKEN_SECONDARY",
        "a second auth token to accept, while you rotate them",
        parse=parsers.secret,
        secret=True,
    )
    phone_number: str = setting(
        "",
        "TWILIO_PHONE_NUMBER",
        "the number to answer, if the account has several",
        parse=parsers.phone_number,
        option="--phone-number",
    )
    wire: bool = setting(
        True,
        "LOCAL_STT_WIRE",
        "point the number's voice webhook here",
        parse=parsers.boolean,
        option="--wire/--no-wire",
    )
    twilio_api_url: str = setting(
        "",
        "LOCAL_STT_TWILIO_API_URL",
        "where Twilio's REST API is, if not at Twilio: a proxy or a test",
        parse=parsers.url,
    )

    # The way in from the internet
    tunnel: bool | None = setting(
        None,
        "LOCAL_STT_TUNNEL",
        "open an ngrok tunnel; when not said, if the credentials are there",
        parse=parsers.boolean,
        option="--tunnel/--no-tunnel",
    )
    public_url: str = setting(
        "",
        "LOCAL_STT_PUBLIC_URL",
        "the https address of your own tunnel or proxy, instead of ngrok",
        parse=parsers.public_url,
        option="--public-url",
    )
    own_twiml: bool = setting(
        False,
        "LOCAL_STT_OWN_TWIML",
        "take streams that TwiML of your own asks for, too",
        parse=parsers.boolean,
    )
    ngrok_authtoken: str = setting(
        "", "NGROK_AUTHTOKEN", "ngrok authtoken", parse=parsers.secret, secret=True
    )
    ngrok_domain: str = setting(
        "", "NGROK_DOMAIN", "an ngrok domain of your own", parse=parsers.domain, option="--ngrok-domain"
    )
    ngrok_path: Path | None = setting(
        None, "PYNGROK_NGROK_PATH", "an ngrok program to use instead of downloading it", parse=parsers.path
    )
    host: str = setting(
        "127.0.0.1", "LOCAL_STT_HOST", "address to listen on", parse=parsers.host, option="--host"
    )
    port: int = setting(
        8080, "LOCAL_STT_PORT", "port to listen on; 0 for any free one", parse=parsers.port, option="--port"
    )

    # The call
    greeting: str = setting(
        GREETING,
        "LOCAL_STT_GREETING",
        "what the caller hears first; empty for nothing",
        parse=parsers.spoken,
        option="--greeting",
    )
    greeting_language: str = setting(
        "en-US",
        "LOCAL_STT_GREETING_LANGUAGE",
        "the language of calls: Twilio reads the greeting in it, and the model is for it",
        parse=parsers.language,
        option="--language",
    )
    max_call_minutes: int = setting(
        240,
        "LOCAL_STT_MAX_CALL_MINUTES",
        "how long a call may last",
        parse=parsers.minutes,
        option="--max-call-minutes",
    )
    phones: Path = setting(
        Path("phones.toml"),
        "LOCAL_STT_PHONES",
        "the file that says what callers of each number get, if there is one",
        parse=parsers.path,
        option="--phones",
    )
    tracks: str = setting(
        "both",
        "LOCAL_STT_TRACKS",
        "`both`: the caller and what the caller hears; `inbound`: the caller alone",
        parse=parsers.tracks,
        option="--tracks",
    )

    dials_per_hour: int = setting(
        10,
        "LOCAL_STT_DIALS_PER_HOUR",
        "calls that may be placed from here within an hour; 0 for none",
        parse=parsers.count,
        option="--dials-per-hour",
    )

    # Recognition
    model: str = setting(
        "", "LOCAL_STT_MODEL", "the model: a folder, or a name under the models folder", option="--model"
    )
    second_pass: str = setting(
        "",
        "LOCAL_STT_SECOND_PASS",
        "a larger model that hears recordings again when calls are over: a folder, or a name",
        option="--second-pass",
    )
    models_dir: Path = setting(
        BUNDLED_MODELS,
        "LOCAL_STT_MODELS_DIR",
        "where models are kept",
        parse=parsers.path,
        option="--models-dir",
    )
    model_list_url: str = setting(
        OFFICIAL_LIST,
        "LOCAL_STT_MODEL_LIST_URL",
        "the list of models, for a mirror",
        parse=parsers.url,
    )
    words: tuple[str, ...] = setting(
        (),
        "LOCAL_STT_WORDS",
        "recognize nothing but these phrases: `yes,no,call me back`, or `@FILE` with one a line",
        parse=parsers.phrases,
        option="--words",
    )

    upper_band: UpperBand = setting(
        UpperBand.AUTO,
        "LOCAL_STT_UPPER_BAND",
        "what phone audio gets above 4 kHz: `auto` (as the model expects), `learned`, `image` or `clean`",
        parse=parsers.upper_band,
        option="--upper-band",
    )
    gate: bool = setting(
        True,
        "LOCAL_STT_GATE",
        "keep silence away from the recognizer",
        parse=parsers.boolean,
        option="--gate/--no-gate",
    )

    # Load
    workers: int | None = setting(
        None,
        "LOCAL_STT_WORKERS",
        "recognizer processes; 0 for none but this one; when not said, one a core",
        parse=parsers.count,
        option="--workers",
    )
    max_calls: int | None = setting(
        None,
        "LOCAL_STT_MAX_CALLS",
        "calls to take at once; when not said, as many as a probe at the start finds possible",
        parse=parsers.count,
        option="--max-calls",
    )
    busy_message: str = setting(
        "All lines are busy. Please call again later.",
        "LOCAL_STT_BUSY_MESSAGE",
        "what a caller hears when that many are being taken",
        parse=parsers.spoken,
        option="--busy-message",
    )
    busy_forward: str = setting(
        "",
        "LOCAL_STT_BUSY_FORWARD",
        "a number to pass such a caller on to instead",
        parse=parsers.phone_number,
        option="--busy-forward",
    )
    finish_seconds: int = setting(
        20,
        "LOCAL_STT_FINISH_SECONDS",
        "how long calls may take to give out their last words when the program is stopped",
        parse=parsers.count,
        option="--finish-seconds",
    )
    keep_bad_audio: bool = setting(
        False,
        "LOCAL_STT_KEEP_BAD_AUDIO",
        "keep audio that killed two recognizers, for a bug report",
        parse=parsers.boolean,
        option="--keep-bad-audio/--no-keep-bad-audio",
    )

    # What is kept
    keep_calls: bool = setting(
        True,
        "LOCAL_STT_KEEP_CALLS",
        "keep what is said on calls and in audio files",
        parse=parsers.boolean,
        option="--keep-calls/--no-keep-calls",
    )
    record_calls: bool = setting(
        False,
        "RECORD_CALLS",
        "keep the audio of calls too",
        parse=parsers.boolean,
        option="--record-calls/--no-record-calls",
    )
    keep_audio: bool = setting(
        True,
        "LOCAL_STT_KEEP_AUDIO",
        "keep the audio of files and recordings that are transcribed with their text",
        parse=parsers.boolean,
        option="--keep-audio/--no-keep-audio",
    )
    database_url: str = setting(
        "",
        "DATABASE_URL",
        "where calls are kept, if not in a file under the data folder: postgresql://USER:PASSWORD@HOST/NAME",
        parse=parsers.exact,
        secret=True,
    )
    retain_days: int = setting(
        0,
        "LOCAL_STT_RETAIN_DAYS",
        "delete calls that are older; 0 for never",
        parse=parsers.count,
        option="--retain-days",
    )

    max_upload_mb: int = setting(
        500,
        "LOCAL_STT_MAX_UPLOAD_MB",
        "how large an audio file the page may send, in megabytes; 0 for none",
        parse=parsers.count,
        option="--max-upload-mb",
    )

    # Who is told
    webhook_url: str = setting(
        "",
        "WEBHOOK_URL",
        "where ends of calls are posted to",
        parse=parsers.url_with_query,
        secret=True,
    )
    webhook_key: bytes = setting(
        b"",
        "WEBHOOK_SECRET",
        "what these posts are signed with",
        parse=parsers.signing_key,
        secret=True,
    )
    webhook_finals: bool = setting(
        False, "WEBHOOK_FINALS", "post every final text too", parse=parsers.boolean
    )

    token: str = setting(
        "",
        "LOCAL_STT_TOKEN",
        "the token that lets viewers in; when not said, a fresh one at every start",
        parse=parsers.token,
        secret=True,
    )

    # This program
    data_dir: Path = setting(
        PROJECT / "data",
        "LOCAL_STT_DATA_DIR",
        "where it keeps what must outlive it",
        parse=parsers.path,
        option="--data-dir",
    )
    log_level: str = setting(
        "WARNING",
        "LOCAL_STT_LOG_LEVEL",
        "debug, info, warning or error",
        parse=parsers.log_level,
        option="--log-level",
    )

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """The tokens a signature may have been made with."""
        return tuple(token for token in (self.auth_token, self.auth_token_secondary) if token)


def load(environ: Mapping[str, str], env_file: Path, options: Mapping[str, object]) -> Settings:
    """Settings from, strongest first: command-line options, the environment, `.env`, defaults.

    `options` are by field name; None means not given.  Raises `SettingError` for a value that
    makes no sense, for a LOCAL_STT_ variable that does not exist, and for a name in `.env` that
    is all but that of a setting; the environment may hold other programs' variables.
    """
    in_file = _in_file(env_file)
    variables = {**in_file, **environ}
    _refuse_unknown(variables)
    _refuse_misspelt(in_file, variables, env_file)
    chosen: dict[str, Any] = {}
    for each in fields(Settings):
        given = options.get(each.name)
        if given is not None:
            chosen[each.name] = _parsed(each, given, each.metadata["option"])
        elif variables.get(each.metadata["variable"]):
            variable = each.metadata["variable"]
            chosen[each.name] = _parsed(each, variables[variable], variable)
        elif each.name == "greeting" and each.metadata["variable"] in variables:
            chosen[each.name] = ""  # the one setting whose empty value says something
    return Settings(**chosen)


def exposed_secrets(env_file: Path) -> str:
    """Say that other users can read the secrets in `.env`, and the remedy; empty if they cannot.

    Raises `SettingError` as `load` does.
    """
    remedy = exposed_by(env_file)
    if not remedy:  # perhaps as it is a pipe, which can be read once
        return ""
    in_file = _in_file(env_file)
    if not any(in_file.get(each.metadata["variable"]) for each in fields(Settings) if not each.repr):
        return ""
    return f"Other users of this machine can read the secrets in {env_file}: {remedy}"


def _in_file(env_file: Path) -> dict[str, str]:
    """What `.env` says, if there is one.  Lines are told by number: they may hold secrets."""
    if not (env_file.is_file() or env_file.is_fifo()):
        return {}
    try:
        text = env_file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{env_file} cannot be read ({error}): it must be text, NAME=value a line."
        ) from error
    found = {}
    for each in parse_stream(io.StringIO(text)):
        if each.error or (each.key and each.value is None):
            written = each.original.string
            blank_lines = written[: len(written) - len(written.lstrip())].count("\n")
            raise SettingError(f"{env_file}, line {each.original.line + blank_lines}: it is not NAME=value.")
        if each.key and each.value is not None:
            found[each.key] = each.value
    return found


def _parsed(each: "Field[Any]", value: object, source: str) -> object:
    if not isinstance(value, str):
        return value
    parse = each.metadata["parse"]
    try:
        return parse(value if parse is parsers.path else parsers.readable(value))
    except ValueError as error:
        shown = _shortened(value) if each.repr else "its value"
        raise SettingError(f"{source}: {shown} {error}.") from error


def _shortened(value: str, longest: int = 100) -> str:
    return repr(value if len(value) <= longest else value[:longest] + "…")


def _refuse_unknown(variables: Mapping[str, str]) -> None:
    known = {_without_prefix(name): name for name in variable_names()}
    for name in sorted(variables):
        if name.startswith("LOCAL_STT_") and name not in known.values():
            close = difflib.get_close_matches(_without_prefix(name), known, n=1)
            hint = f" Did you mean {known[close[0]]}?" if close else " The README lists them all."
            raise SettingError(f"{name} is not a setting.{hint}")


def _without_prefix(name: str) -> str:
    """What tells one setting from another: the prefix they share would make any two look alike."""
    return re.sub(r"^(LOCAL_STT|TWILIO|PYNGROK|NGROK)_", "", name)


def _refuse_misspelt(in_file: Mapping[str, str], variables: Mapping[str, str], env_file: Path) -> None:
    known = variable_names()
    for name in in_file:
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.92)
        if name not in known and close and not variables.get(close[0]):
            raise SettingError(f"{name} in {env_file} is not a setting. Did you mean {close[0]}?")


def variable_names() -> Sequence[str]:
    """The environment variables of all settings."""
    return [each.metadata["variable"] for each in fields(Settings)]
