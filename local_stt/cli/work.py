"""`local-stt work`"""

import click

from ..console.terminal import PlainView
from ..service.work import work as do_work
from .groups import Command
from .options import load_settings, setting_options
from .output import shown_by


@click.command(cls=Command)
@click.option("--once", is_flag=True, help="end when no file waits that can be transcribed here")
@setting_options(
    "language",
    "model",
    "models_dir",
    "second_pass",
    "words",
    "upper_band",
    "gate",
    "redact",
    "workers",
    "format_text",
    "spelling",
    "key_terms",
    "punctuation",
    "fillers",
    "filter_profanity",
    "drain_seconds",
    "keep_audio",
    "retain_days",
    "phones",
    "data_dir",
    "log_level",
)
def work(once: bool, **options: object) -> None:
    """Transcribe files that wait for any host, and do nothing else.

    These are files that `transcribe --cluster` sends, uploads, and recordings for second passes.
    DATABASE_URL is the PostgreSQL that all hosts share, and AUDIO_STORE the place of their files.

    Ctrl-C finishes the file in work within --drain-seconds, or releases it for other hosts.

    \b
    Examples:
      local-stt work
      local-stt work --once --drain-seconds 600
    """
    settings = load_settings(**options)
    with shown_by(PlainView(None), settings):
        do_work(settings, once=once)
