"""The page of the metrics for Prometheus."""

from collections.abc import Iterator

from .markdown import page as whole_page
from .markdown import table
from .source import calls_of

INTRODUCTION = """\
`GET /metrics` returns these metrics in the format of [Prometheus](https://prometheus.io). It needs the
token of viewers:

```yaml
scrape_configs:
  - job_name: local_stt
    authorization: {credentials: the value of LOCAL_STT_TOKEN}
    static_configs: [{targets: ["127.0.0.1:8080"]}]
```

Metrics of webhooks are there if `WEBHOOK_URL` or `TRANSCRIPTION_CALLBACK_URL` is set, and count the posts
to both. Those of recordings (`local_stt_audio_held_bytes`, `local_stt_audio_lost_bytes`) are there if calls
are recorded."""


def page() -> str:
    """Write the page."""
    return whole_page("Metrics", INTRODUCTION, table(("name", "kind", ""), sorted(_rows())))


def _rows() -> Iterator[tuple[str, str, str]]:
    for function, texts, true in calls_of("_counter", "_info", "Histogram", "Measurement"):
        if len(texts) < 2:
            continue  # it passes on what it is given
        name, description, *labels = texts
        named = " and ".join(f"`{label}`" for label in labels)
        labelled = f" (label{'s' if len(labels) > 1 else ''} {named})" if labels else ""
        grows = function == "_counter" or "only_grows" in true
        kind = "histogram" if function == "Histogram" else "counter" if grows else "gauge"
        ending = "_info" if function == "_info" else "_total" if grows else ""
        full = f"local_stt_{name.removeprefix('local_stt_')}{ending}"
        yield f"`{full}`", kind, f"{description}{labelled}"
