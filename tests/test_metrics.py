"""Figures for operators."""

from helpers.events import final, started
from helpers.metrics import figures
from local_stt import __version__
from local_stt.events import Alert, AudioSetAside, CallEnded, EndReason, PartialText, TrackSummary
from local_stt.metrics import Metrics
from local_stt.system.parts import Measurement


def test_calls_are_counted_with_what_went_wrong_on_them():
    now = 100.0
    metrics = Metrics(lambda: now)
    metrics(started())
    metrics(PartialText("CA1", "inbound", "hel", 0.5))
    now = 103.0
    metrics(final("hello there", start=1.0))  # ends at 1.9
    metrics(Alert("CA1", "inbound", "leaving", "cancel*", 1.0, 1.4))
    metrics(AudioSetAside("CA1", "inbound", 2.0, 3.0))
    metrics(CallEnded("CA1", EndReason.HUNG_UP, 9.5, (TrackSummary("inbound", 9.5, 475, 2, 1, 0.04),)))
    found = figures(metrics)
    assert found["local_stt_calls_started_total"] == 1
    assert found['local_stt_calls_ended_total{reason="hung-up"}'] == 1
    assert (found["local_stt_utterances_total"], found["local_stt_words_total"]) == (1, 2)
    assert (found["local_stt_packets_total"], found["local_stt_packets_lost_total"]) == (475, 2)
    assert found["local_stt_packets_late_total"] == 1
    assert found["local_stt_audio_seconds_total"] == 9.5
    assert found["local_stt_audio_set_aside_total"] == 1
    assert found['local_stt_alerts_total{topic="leaving"}'] == 1
    assert found['local_stt_final_latency_seconds_bucket{le="1.0"}'] == 0
    assert found['local_stt_final_latency_seconds_bucket{le="1.5"}'] == 1


def test_the_host_is_named_in_a_metric_of_its_own():
    metrics = Metrics()
    metrics.name_host("a")
    assert figures(metrics)[f'local_stt_host_info{{host="a",version="{__version__}"}}'] == 1


def test_what_changes_by_itself_is_looked_up_when_asked_for():
    metrics, lag = Metrics(), [0.5]
    metrics.watch([Measurement("lag_seconds", "Lag", lambda: lag[0])])
    assert figures(metrics)["local_stt_lag_seconds"] == 0.5
    lag[0] = 2.0
    assert figures(metrics)["local_stt_lag_seconds"] == 2.0
