"""Every setting there is, in sections: each part of the program gets its own.

The command line's options and docs/reference/configuration.md are made from these fields.
"""

from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

from ..bandwidth_extension.upper_band import UpperBand
from ..core.analysis import AlertRule
from ..core.formatting.custom_spelling import Spelling
from ..core.formatting.key_terms import KeyTerm
from ..core.privacy import Policy, RedactedAudio, RedactedPartials, Substitute, policies_of
from ..model_files.catalogue import OFFICIAL_LIST
from ..system import installation
from . import parsers, wording
from .declaration import Setting, setting
from .phonebook import GREETING


@dataclass(frozen=True, kw_only=True)
class TwilioSettings:
    """The account at Twilio, and the number that is answered."""

    account_sid: str = setting(
        "",
        "TWILIO_ACCOUNT_SID",
        "the SID of the Twilio account, which begins with AC",
        parse=parsers.account_sid,
    )
    auth_token: str = setting(
        "",
        "TWILIO_AUTH_TOKEN",
        "the auth token of the Twilio account; Twilio's signatures are checked with it too",
        parse=parsers.secret,
        secret=True,
    )
    auth_token_secondary: str = setting(
        "",
        "TWILIO_AUTH_TOKEN_SECONDARY",
        "a second auth token that is also accepted, while you change the first",
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
    wire: bool | None = setting(
        None,
        "LOCAL_STT_WIRE",
        "point the number's voice webhook here while the program runs; if not set, unless REDIS_URL is set",
        parse=parsers.boolean,
        option="--wire/--no-wire",
    )
    api_url: str = setting(
        "",
        "LOCAL_STT_TWILIO_API_URL",
        "the URL of Twilio's REST API, for a proxy or a test",
        parse=parsers.url,
    )

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """List the tokens that a signature may have been made with."""
        return tuple(token for token in (self.auth_token, self.auth_token_secondary) if token)


@dataclass(frozen=True, kw_only=True)
class TunnelSettings:
    """How requests from the internet reach this program."""

    enabled: bool | None = setting(
        None,
        "LOCAL_STT_TUNNEL",
        "open an ngrok tunnel; if not set, only if the credentials are set",
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
    authtoken: str = setting(
        "", "NGROK_AUTHTOKEN", "the authtoken of the ngrok account", parse=parsers.secret, secret=True
    )
    domain: str = setting(
        "", "NGROK_DOMAIN", "an ngrok domain of your own", parse=parsers.domain, option="--ngrok-domain"
    )
    ngrok_path: Path | None = setting(
        None, "PYNGROK_NGROK_PATH", "an ngrok program to use instead of downloading it", parse=parsers.path
    )


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Where this program listens."""

    host: str = setting(
        "127.0.0.1",
        "LOCAL_STT_HOST",
        "address to listen on; all but this machine's own need TWILIO_AUTH_TOKEN",
        parse=parsers.host,
        option="--host",
    )
    port: int = setting(
        8080,
        "LOCAL_STT_PORT",
        "port to listen on; 0 for any free one",
        parse=parsers.port,
        option="--port",
    )
    vosk_port: int | None = setting(
        None,
        "LOCAL_STT_VOSK_PORT",
        "another port, of this machine alone, for programs that were written for vosk-server, which expect "
        "2700; they need no token",
        parse=parsers.port,
        option="--vosk-port",
    )


@dataclass(frozen=True, kw_only=True)
class CallSettings:
    """What callers get, and how long calls may last."""

    greeting: str = setting(
        GREETING,
        "LOCAL_STT_GREETING",
        "what the caller hears first; empty for nothing",
        parse=parsers.spoken,
        option="--greeting",
        may_be_empty=True,
    )
    language: str = setting(
        "en-US",
        "LOCAL_STT_GREETING_LANGUAGE",
        "the language of calls: Twilio reads the greeting in it, and the model is for it",
        parse=parsers.language,
        option="--language",
    )
    max_minutes: int = setting(
        240,
        "LOCAL_STT_MAX_CALL_MINUTES",
        "how many minutes a call may last",
        parse=parsers.minutes,
        option="--max-call-minutes",
    )
    phones: Path = setting(
        Path("phones.toml"),
        "LOCAL_STT_PHONES",
        "the file with the settings of single phone numbers",
        parse=parsers.path,
        option="--phones",
    )
    tracks: str = setting(
        "both",
        "LOCAL_STT_TRACKS",
        "whose audio is transcribed: `both` sides of a call, or `inbound`: the caller alone",
        parse=parsers.tracks,
        option="--tracks",
    )
    own_twiml: bool = setting(
        False,
        "LOCAL_STT_OWN_TWIML",
        "also take streams that TwiML of your own starts",
        parse=parsers.boolean,
    )
    dials_per_hour: int = setting(
        10,
        "LOCAL_STT_DIALS_PER_HOUR",
        "calls that may be placed within an hour; 0 for none",
        parse=parsers.count,
        option="--dials-per-hour",
    )


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """Which models are used, and where they are."""

    model: str = setting(
        "", "LOCAL_STT_MODEL", "the model: a folder, or a name under the models folder", option="--model"
    )
    second_pass: str = setting(
        "",
        "LOCAL_STT_SECOND_PASS",
        "a larger model that transcribes recordings again after calls: a folder, or a name under the "
        "models folder",
        option="--second-pass",
    )
    folder: Path = setting(
        installation.MODELS,
        "LOCAL_STT_MODELS_DIR",
        "where models are kept",
        parse=parsers.path,
        option="--models-dir",
    )
    list_url: str = setting(
        OFFICIAL_LIST,
        "LOCAL_STT_MODEL_LIST_URL",
        "the URL of the list of models, for a mirror",
        parse=parsers.url,
    )


@dataclass(frozen=True, kw_only=True)
class RecognitionSettings:
    """How speech is recognized, with any model."""

    words: tuple[str, ...] = setting(
        (),
        "LOCAL_STT_WORDS",
        "recognize only these phrases: `yes,no,call me back`, or `@FILE` with one a line",
        parse=parsers.phrases,
        option="--words",
    )
    upper_band: UpperBand = setting(
        UpperBand.AUTO,
        "LOCAL_STT_UPPER_BAND",
        "what fills the band above 4 kHz: `auto` (as the model expects), `learned`, `image` or `clean`",
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
    workers: int | None = setting(
        None,
        "LOCAL_STT_WORKERS",
        "how many worker processes recognize; 0: the main process does; if not set, one for each core",
        parse=parsers.count,
        option="--workers",
    )


@dataclass(frozen=True, kw_only=True)
class FormattingSettings:
    """How the text of calls is written for people."""

    format_text: bool = setting(
        True,
        "LOCAL_STT_FORMAT_TEXT",
        "show numbers as they are written, marks and capitals",
        parse=parsers.boolean,
        option="--format-text/--no-format-text",
    )
    punctuation: str = setting(
        parsers.PUNCTUATION_RULES,
        "LOCAL_STT_PUNCTUATION",
        "what decides on marks and capitals: `rules`, `none`, or a punctuation model: a folder, or a name "
        "under the models folder",
        parse=parsers.punctuation,
        option="--punctuation",
    )
    spelling: tuple[Spelling, ...] = setting(
        (),
        "LOCAL_STT_SPELLING",
        "how words are written: `acme, ack me = ACME; s t t = STT`, or `@FILE` with one rule a line",
        parse=wording.spellings,
        option="--spelling",
    )
    key_terms: tuple[KeyTerm, ...] = setting(
        (),
        "LOCAL_STT_KEY_TERMS",
        "names and phrases that are written where words sound like them: `Xarelto,Nguyen ~ win`, or `@FILE` "
        "with one a line",
        parse=wording.key_terms,
        option="--key-terms",
    )
    fillers: str = setting(
        "drop",
        "LOCAL_STT_FILLERS",
        "fillers such as `um`: `drop` or `keep` them in formatted text",
        parse=parsers.fillers,
        option="--fillers",
    )
    filter_profanity: bool = setting(
        False,
        "LOCAL_STT_FILTER_PROFANITY",
        "write profanities as their first letter and asterisks",
        parse=parsers.boolean,
        option="--filter-profanity/--no-filter-profanity",
    )


@dataclass(frozen=True, kw_only=True)
class TurnSettings:
    """When a speaker's turn is over.  The names are AssemblyAI's."""

    end_of_turn_confidence_threshold: float = setting(
        0.7,
        "LOCAL_STT_END_OF_TURN_CONFIDENCE_THRESHOLD",
        "likelihood that a speaker has finished, 0 to 1, from which a short silence ends the turn",
        parse=parsers.likelihood,
    )
    min_end_of_turn_silence_when_confident: int = setting(
        500,
        "LOCAL_STT_MIN_END_OF_TURN_SILENCE_WHEN_CONFIDENT",
        "that short silence, in milliseconds",
        parse=parsers.silence,
    )
    max_turn_silence: int = setting(
        2400,
        "LOCAL_STT_MAX_TURN_SILENCE",
        "milliseconds of silence that end a turn in any case",
        parse=parsers.silence,
    )


@dataclass(frozen=True, kw_only=True)
class RedactionSettings:
    """Which private values are kept out of what the program shows, stores and sends."""

    policies: frozenset[Policy] = setting(
        frozenset(),
        "LOCAL_STT_REDACT",
        "private values to redact: policies such as `phone_number,person_name`, or `numbers`",
        parse=policies_of,
        option="--redact",
    )
    substitute: Substitute = setting(
        Substitute.ENTITY_NAME,
        "LOCAL_STT_REDACT_SUB",
        "what takes their place in text: the policy, as in `[PHONE_NUMBER]` (`entity_name`), or `###` for "
        "each word (`hash`)",
        parse=parsers.substitute,
    )
    audio: RedactedAudio = setting(
        RedactedAudio.SILENCE,
        "LOCAL_STT_REDACT_AUDIO",
        "what takes their place in recordings: `silence`, a `beep`, or `no`: they stay audible",
        parse=parsers.redacted_audio,
    )
    partials: RedactedPartials = setting(
        RedactedPartials.MASK,
        "LOCAL_STT_REDACT_PARTIALS",
        "what viewers see before a text is final: words with `#` for each that may be private (`mask`), or "
        "nothing (`hide`)",
        parse=parsers.redacted_partials,
    )
    names_model: bool | None = setting(
        None,
        "LOCAL_STT_NAMES_MODEL",
        "find names and places with a model too; if not set, where it is installed",
        parse=parsers.boolean,
    )


@dataclass(frozen=True, kw_only=True)
class AnalysisSettings:
    """What is looked for in what is said."""

    alerts: tuple[AlertRule, ...] = setting(
        (),
        "LOCAL_STT_ALERTS",
        "words and phrases that are reported when they are said, by topic: `billing = invoice, refund*; "
        "leaving = cancel my account`, or `@FILE` with one topic a line",
        parse=wording.alerts,
        option="--alerts",
    )


@dataclass(frozen=True, kw_only=True)
class AssistantSettings:
    """The language model that answers questions about calls, where the user has one."""

    llm_url: str = setting(
        "",
        "LLM_URL",
        "the address of a language model with OpenAI's API, such as http://127.0.0.1:11434/v1; it gets what "
        "was said on calls, redacted, when somebody asks about them",
        parse=parsers.url,
        option="--llm-url",
        secret=True,
    )
    llm_model: str = setting(
        "", "LLM_MODEL", "the name of the model there", parse=parsers.exact, option="--llm-model"
    )
    llm_key: str = setting(
        "", "LLM_KEY", "the key of its API, if it wants one", parse=parsers.secret, secret=True
    )
    llm_allowed_hosts: tuple[str, ...] = setting(
        (),
        "LLM_ALLOWED_HOSTS",
        "hosts where the model may be, besides this machine and private networks: `llm.example.com`",
        parse=parsers.host_names,
    )
    llm_timeout_seconds: int = setting(
        120,
        "LLM_TIMEOUT_SECONDS",
        "how many seconds the model may take for an answer",
        parse=parsers.answer_seconds,
    )
    llm_context_tokens: int = setting(
        4096,
        "LLM_CONTEXT_TOKENS",
        "how many tokens the model reads and writes at once; longer calls are given to it in parts",
        parse=parsers.context_tokens,
    )


@dataclass(frozen=True, kw_only=True)
class LimitSettings:
    """How many calls are taken, what further callers get, and how long the last words may take."""

    max_calls: int | None = setting(
        None,
        "LOCAL_STT_MAX_CALLS",
        "how many calls are taken at once; if not set, a measurement at the start decides",
        parse=parsers.count,
        option="--max-calls",
    )
    busy_message: str = setting(
        "All lines are busy. Please call again later.",
        "LOCAL_STT_BUSY_MESSAGE",
        "what a caller hears when no more calls can be taken",
        parse=parsers.spoken,
        option="--busy-message",
    )
    busy_forward: str = setting(
        "",
        "LOCAL_STT_BUSY_FORWARD",
        "a number to which such a caller is forwarded instead",
        parse=parsers.phone_number,
        option="--busy-forward",
    )
    drain_seconds: int = setting(
        0,
        "LOCAL_STT_DRAIN_SECONDS",
        "how many seconds calls may go on after the program is asked to stop, while it takes no new ones",
        parse=parsers.count,
        option="--drain-seconds",
    )
    finish_seconds: int = setting(
        20,
        "LOCAL_STT_FINISH_SECONDS",
        "how many seconds calls may take for their last words when the program stops",
        parse=parsers.count,
        option="--finish-seconds",
    )


@dataclass(frozen=True, kw_only=True)
class StorageSettings:
    """What is kept, where, and for how long."""

    keep_bad_audio: bool = setting(
        False,
        "LOCAL_STT_KEEP_BAD_AUDIO",
        "keep audio that crashed two recognizers, for a bug report",
        parse=parsers.boolean,
        option="--keep-bad-audio/--no-keep-bad-audio",
    )
    keep_calls: bool = setting(
        True,
        "LOCAL_STT_KEEP_CALLS",
        "keep the text of calls and audio files",
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
        "keep the audio of transcribed files and recordings",
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
    audio_store: str = setting(
        "",
        "AUDIO_STORE",
        "where recordings and files that wait are kept, if not under the data folder: a folder that all "
        "hosts share, or s3://BUCKET/PREFIX",
        parse=parsers.audio_store,
    )
    retain_days: int = setting(
        0,
        "LOCAL_STT_RETAIN_DAYS",
        "delete calls that are older than this number of days; 0 for never",
        parse=parsers.count,
        option="--retain-days",
    )

    @property
    def is_shared(self) -> bool:
        """Whether calls are kept in a database that several hosts can share."""
        return self.database_url.startswith(("postgres://", "postgresql"))


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """What viewers may send, and how they are admitted."""

    max_upload_mb: int = setting(
        500,
        "LOCAL_STT_MAX_UPLOAD_MB",
        "the largest audio file that viewers may send, in megabytes; 0 for none",
        parse=parsers.count,
        option="--max-upload-mb",
    )
    callback_hosts: tuple[str, ...] = setting(
        (),
        "LOCAL_STT_CALLBACK_HOSTS",
        "hosts at which programs may have it posted that a transcript is done, besides this machine: "
        "`hooks.example.com,example.org`",
        parse=parsers.host_names,
    )
    token: str = setting(
        "",
        "LOCAL_STT_TOKEN",
        "the token of viewers, 16 characters or more; if not set, a new one at each start",
        parse=parsers.token,
        secret=True,
    )


@dataclass(frozen=True, kw_only=True)
class WebhookSettings:
    """Where webhooks are sent, and how they are signed."""

    url: str = setting(
        "",
        "WEBHOOK_URL",
        "the URL to which the end of each call is posted",
        parse=parsers.url_with_query,
        secret=True,
    )
    key: bytes = setting(
        b"",
        "WEBHOOK_SECRET",
        "the secret that webhooks are signed with: `whsec_` and base64, or 16 characters or more",
        parse=parsers.signing_key,
        secret=True,
    )
    finals: bool = setting(False, "WEBHOOK_FINALS", "post each final text too", parse=parsers.boolean)
    turns: bool = setting(
        False, "WEBHOOK_TURNS", "post each turn too, as people read it", parse=parsers.boolean
    )
    alerts: bool = setting(
        False, "WEBHOOK_ALERTS", "post each alert of LOCAL_STT_ALERTS too", parse=parsers.boolean
    )
    transcription_callback_url: str = setting(
        "",
        "TRANSCRIPTION_CALLBACK_URL",
        "the URL to which calls are posted while they go on, as Twilio posts its Real-Time Transcriptions; "
        "signed with TWILIO_AUTH_TOKEN",
        parse=parsers.url_with_query,
        secret=True,
    )

    @property
    def urls(self) -> dict[str, str]:
        """The addresses that are set, by the names of their settings."""
        both = {"WEBHOOK_URL": self.url, "TRANSCRIPTION_CALLBACK_URL": self.transcription_callback_url}
        return {name: url for name, url in both.items() if url}


@dataclass(frozen=True, kw_only=True)
class ClusterSettings:
    """How several hosts answer the same numbers together."""

    redis_url: str = setting(
        "",
        "REDIS_URL",
        "the Redis that all hosts share: redis://:PASSWORD@HOST:PORT/DATABASE, or rediss:// for TLS",
        parse=parsers.redis_url,
        secret=True,
    )
    host_name: str = setting(
        "",
        "LOCAL_STT_HOST_NAME",
        "the name of this host among them; if not set, the machine's",
        parse=parsers.host_name,
    )
    host_url: str = setting(
        "",
        "LOCAL_STT_HOST_URL",
        "the https address at which Twilio reaches this host and no other, such as "
        "https://name.example/hosts/a",
        parse=parsers.public_url,
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of this program.  An empty text or None means: not set."""

    twilio: TwilioSettings = field(default_factory=TwilioSettings)
    tunnel: TunnelSettings = field(default_factory=TunnelSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    calls: CallSettings = field(default_factory=CallSettings)
    models: ModelSettings = field(default_factory=ModelSettings)
    recognition: RecognitionSettings = field(default_factory=RecognitionSettings)
    formatting: FormattingSettings = field(default_factory=FormattingSettings)
    turns: TurnSettings = field(default_factory=TurnSettings)
    redaction: RedactionSettings = field(default_factory=RedactionSettings)
    analysis: AnalysisSettings = field(default_factory=AnalysisSettings)
    assistant: AssistantSettings = field(default_factory=AssistantSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    web: WebSettings = field(default_factory=WebSettings)
    webhooks: WebhookSettings = field(default_factory=WebhookSettings)
    cluster: ClusterSettings = field(default_factory=ClusterSettings)

    # Of the whole program
    data_dir: Path = setting(
        installation.DATA,
        "LOCAL_STT_DATA_DIR",
        "the folder for calls and the program's other data",
        parse=parsers.path,
        option="--data-dir",
    )
    log_level: str = setting(
        "WARNING",
        "LOCAL_STT_LOG_LEVEL",
        "which messages are logged: this level and those that are more serious",
        parse=parsers.log_level,
        option="--log-level",
    )

    @property
    def wires(self) -> bool:
        """Whether `run` points the number here.  Of several hosts, each would take it from the others."""
        return not self.cluster.redis_url if self.twilio.wire is None else self.twilio.wire


SECTIONS: dict[str, Any] = {each.name: each.type for each in fields(Settings) if is_dataclass(each.type)}
"""The class of each section, by its name"""


def declared() -> list[Setting]:
    """List every setting, in the order in which help lists those that have an option."""
    in_sections = [Setting.of(name, each) for name, section in SECTIONS.items() for each in fields(section)]
    others = [Setting.of("", each) for each in fields(Settings) if each.name not in SECTIONS]
    return in_sections + others
