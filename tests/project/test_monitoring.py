"""What Prometheus and Grafana are given, checked by promtool and against the program's metrics."""

import itertools
import json
import re
import shutil
import subprocess

import pytest
import yaml

from helpers.fetched import NotFetchedError, go_without
from helpers.project import PROJECT
from local_stt.config.settings import declared
from local_stt.events import EndReason

MONITORING = PROJECT / "packaging" / "monitoring"

RULES = yaml.safe_load((MONITORING / "rules.yml").read_text())
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
EXAMPLES = yaml.safe_load((MONITORING / "rules.test.yml").read_text())
DASHBOARD = json.loads((MONITORING / "dashboard.json").read_text())
CONFIG = yaml.safe_load((MONITORING / "prometheus.yml").read_text())

PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]

VARIABLES = {each.variable for each in declared()}


@pytest.fixture
def monitoring(tmp_path):
    """A copy of the folder, with the token of viewers that its user puts there."""
    folder = tmp_path / "monitoring"
    shutil.copytree(MONITORING, folder)
    (folder / "local-stt.token").write_text("the-token-of-viewers")
    return folder


def promtool(*arguments):
    binary = shutil.which("promtool") or go_without(NotFetchedError("Not installed (Debian): prometheus"))
    return subprocess.run([binary, *arguments], capture_output=True, text=True, check=False)


def measured(expression):
    """The metrics of the program that an expression names."""
    return set(re.findall(r"\blocal_stt_\w+", expression))


def _of(series, instance):
    """Add the label of the instance to a series."""
    name, _, labels = series.removesuffix("}").partition("{")
    return f'{name}{{{labels}{"," if labels else ""}instance="{instance}"}}'


class TestRules:
    def test_prometheus_takes_them_and_its_configuration(self, monitoring):
        for kind, name in (("rules", "rules.yml"), ("config", "prometheus.yml")):
            done = promtool("check", kind, monitoring / name)
            assert done.returncode == 0, done.stdout + done.stderr

    def test_prometheus_notices_mistakes(self, monitoring):
        rules = monitoring / "rules.yml"
        rules.write_text(rules.read_text().replace("sum(local_stt_ready)", "sum(local_stt_ready"))
        assert promtool("check", "rules", rules).returncode == 1

    def test_their_examples_come_true(self, monitoring):
        done = promtool("test", "rules", monitoring / "rules.test.yml")
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize("alert", ALERTS, ids=[each["alert"] for each in ALERTS])
    def test_an_alert_that_does_not_come_or_comes_always_is_noticed(self, monitoring, alert):
        rules = monitoring / "rules.yml"
        for wrong in ("vector(0) > 1", "vector(1)"):
            whole = yaml.safe_load((MONITORING / "rules.yml").read_text())
            (changed,) = [
                rule
                for group in whole["groups"]
                for rule in group["rules"]
                if rule["alert"] == alert["alert"]
            ]
            changed["expr"] = wrong
            rules.write_text(yaml.safe_dump(whole))
            assert promtool("test", "rules", monitoring / "rules.test.yml").returncode == 1

    def test_every_metric_is_one_of_the_program(self, metric_names):
        named = set().union(*(measured(rule["expr"]) for rule in ALERTS))
        assert named
        assert named <= metric_names

    def test_examples_are_made_of_metrics_of_the_program(self, metric_names):
        series = [each["series"] for test in EXAMPLES["tests"] for each in test["input_series"]]
        assert set().union(*map(measured, series)) <= metric_names

    def test_reasons_of_ends_are_those_of_the_program(self):
        (expression,) = [rule["expr"] for rule in ALERTS if rule["alert"] == "LocalSttCallsEndedWrongly"]
        reasons = re.search(r'reason=~"([\w|-]+)"', expression)[1].split("|")
        assert set(reasons) < set(EndReason)

    def test_every_alert_says_what_it_means_and_how_serious_it_is(self):
        for rule in ALERTS:
            assert rule["labels"]["severity"] in ("info", "warning", "critical")
            assert set(rule["annotations"]) == {"summary", "description"}
        text = (MONITORING / "rules.yml").read_text()
        assert set(re.findall(r"\b(?:LOCAL_STT|WEBHOOK|TRANSCRIPTION)_\w+", text)) <= VARIABLES

    def test_jobs_are_those_that_are_scraped(self):
        jobs = {job for rule in ALERTS for job in re.findall(r'job="(\w+)"', rule["expr"])}
        assert jobs == {each["job_name"] for each in CONFIG["scrape_configs"]}


class TestDashboard:
    def test_every_metric_is_one_of_the_program(self, metric_names):
        assert EXPRESSIONS
        for expression in EXPRESSIONS:
            assert measured(expression), expression
            assert measured(expression) <= metric_names, expression

    @pytest.mark.parametrize(
        ("title", "series", "labels", "value"),
        [
            ("Calls in progress", {"local_stt_calls": "2x40"}, '{host="a", instance="1:8080"}', 2),
            ("Capacity in use", {"local_stt_calls": "2x40", "local_stt_capacity": "8x40"}, "{}", 0.25),
            ("How calls end", {'local_stt_calls_ended_total{reason="x"}': "0+1x40"}, '{reason="x"}', 4),
            (
                "Latency of texts by host, 95 %",
                {
                    'local_stt_final_latency_seconds_bucket{le="1"}': "0+9x40",
                    'local_stt_final_latency_seconds_bucket{le="2"}': "0+10x40",
                    'local_stt_final_latency_seconds_bucket{le="+Inf"}': "0+10x40",
                },
                '{host="a"}',
                1.5,
            ),
        ],
    )
    def test_queries_give_figures_by_the_names_of_hosts(self, tmp_path, title, series, labels, value):
        """Host a has the series, and a host that is not shown has them too."""
        (panel,) = [each for each in PANELS if each["title"] == title]
        expression = panel["targets"][0]["expr"].replace("$__rate_interval", "5m").replace("$host", "a")
        values = {
            **series,
            'local_stt_host_info{host="a",version="1"}': "1x40",
            'local_stt_host_info{host="b",version="1"}': "1x40",
        }
        instances = {"a": "1:8080", "b": "2:8080"}
        given = [
            {"series": _of(name, instance), "values": numbers}
            for name, numbers in values.items()
            for host, instance in instances.items()
            if "host=" not in name or f'host="{host}"' in name
        ]
        expected = {
            "expr": expression,
            "eval_time": "8m",
            "exp_samples": [{"labels": labels, "value": value}],
        }
        whole = {"tests": [{"interval": "15s", "input_series": given, "promql_expr_test": [expected]}]}
        (tmp_path / "test.yml").write_text(yaml.safe_dump(whole))
        done = promtool("test", "rules", tmp_path / "test.yml")
        assert done.returncode == 0, done.stdout + done.stderr

    def test_prometheus_can_read_every_query(self, tmp_path):
        plain = [each.replace("$__rate_interval", "5m").replace("$host", ".*") for each in EXPRESSIONS]
        assert not any("$" in each for each in plain)
        rules = [{"record": f"panel:{number}", "expr": each} for number, each in enumerate(plain)]
        file = tmp_path / "rules.yml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
        done = promtool("check", "rules", file)
        assert done.returncode == 0, done.stdout + done.stderr

    def test_every_panel_may_be_narrowed_to_hosts_but_that_of_what_they_share(self):
        whole = [each for each in EXPRESSIONS if "$host" not in each]
        assert whole == ["max(local_stt_webhooks_waiting)"]
        names = {each["name"] for each in DASHBOARD["templating"]["list"]}
        assert names == {"datasource", "host"}

    def test_panels_do_not_overlap_and_have_numbers_of_their_own(self):
        ids = [panel["id"] for panel in DASHBOARD["panels"]]
        assert len(set(ids)) == len(ids)
        places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
        for place in places:
            assert place["x"] + place["w"] <= 24
        for a, b in itertools.combinations(places, 2):
            beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
            above = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
            assert beside or above, (a, b)

    def test_it_has_no_data_source_of_its_own(self):
        sources = {panel["datasource"]["uid"] for panel in PANELS}
        sources |= {target["datasource"]["uid"] for panel in PANELS for target in panel["targets"]}
        assert sources == {"${datasource}"}
        assert all(panel["description"] for panel in PANELS)
