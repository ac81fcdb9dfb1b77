"""The deployment of several hosts, without running it: Compose, Kubernetes, and what balancers know."""

import re
import subprocess
import sys
from functools import cache

import kubernetes_validate
import pytest
import yaml

from helpers.balancers import CLUSTER
from helpers.project import PROJECT
from local_stt.config.settings import Settings, declared

COMPOSE = CLUSTER / "compose.yaml"
KUBERNETES = sorted((CLUSTER / "kubernetes").glob("*.yaml"))
SECRET = CLUSTER / "kubernetes" / "secret.yaml.example"

VARIABLES = {each.variable for each in declared()}
SECRETS = {each.variable for each in declared() if each.secret}

FINISH_SECONDS = Settings().limits.finish_seconds


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)([sm])", text).groups()
    return int(number) * {"s": 1, "m": 60}[unit]


@pytest.fixture
def rules(served):
    """Every route of the program."""
    with served(auth_token="t" * 16, public_url="https://name.example") as (_, app):
        return list(app.url_map.iter_rules())


@pytest.fixture
def paths(rules):
    return {rule.rule for rule in rules}


@pytest.fixture
def audio_paths(rules):
    """The WebSockets over which audio comes; that of viewers is `/client`."""
    return {rule.rule for rule in rules if rule.websocket} - {"/client"}


WHOLE = yaml.safe_load(COMPOSE.read_text())
SERVICES = WHOLE["services"]
HOSTS = {name: each for name, each in SERVICES.items() if name.startswith("host-")}


class TestCompose:
    def validated(self, path):
        return subprocess.run(
            [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", path],
            capture_output=True,
            text=True,
            check=False,
        )

    def test_it_is_valid(self):
        done = self.validated(COMPOSE)
        assert done.returncode == 0, done.stdout

    def test_a_mistake_is_noticed(self, tmp_path):
        (tmp_path / "compose.yaml").write_text(COMPOSE.read_text().replace("read_only:", "readonly:"))
        assert "readonly" in self.validated(tmp_path / "compose.yaml").stdout

    @pytest.mark.parametrize("name", SERVICES)
    def test_a_service_may_do_little(self, name):
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "cap_add" not in service
        assert "privileged" not in service
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "test" in service["healthcheck"]
        assert service["restart"] == "unless-stopped"

    @pytest.mark.parametrize("name", sorted(set(SERVICES) - set(HOSTS)))
    def test_images_of_others_have_a_fixed_version(self, name):
        assert re.fullmatch(r"[\w/]+:\d+(\.\d+)?-\w+", SERVICES[name]["image"])

    @pytest.mark.parametrize("name", HOSTS)
    def test_hosts_have_settings_that_the_program_knows_and_no_secret_is_written_down(self, name):
        environment = HOSTS[name]["environment"]
        assert set(environment) <= VARIABLES
        for variable in SECRETS & set(environment):
            assert re.search(r":\$\{[A-Z_]+[}:]", environment[variable]), variable
        assert {"LOCAL_STT_PUBLIC_URL", "DATABASE_URL", "REDIS_URL", "AUDIO_STORE"} <= set(environment)
        assert environment["LOCAL_STT_WIRE"] == "no"

    def test_hosts_differ_in_name_address_and_data_alone(self):
        a, b = HOSTS.values()
        own = {"LOCAL_STT_HOST_NAME", "LOCAL_STT_HOST_URL"}
        differing = {name for name in a["environment"] if a["environment"][name] != b["environment"][name]}
        assert differing == own
        assert set(a["volumes"]) & set(b["volumes"]) == {"models:/models", "audio:/audio"}
        for name, host in HOSTS.items():
            letter = name.removeprefix("host-")
            assert host["environment"]["LOCAL_STT_HOST_NAME"] == letter
            assert host["environment"]["LOCAL_STT_HOST_URL"].endswith(f"/hosts/{letter}")

    @pytest.mark.parametrize("name", HOSTS)
    def test_calls_have_time_to_drain_and_finish(self, name):
        host = HOSTS[name]
        drain = int(host["environment"]["LOCAL_STT_DRAIN_SECONDS"])
        assert seconds(host["stop_grace_period"]) > drain + FINISH_SECONDS
        assert host["stop_signal"] == "SIGTERM"
        assert seconds(SERVICES["balancer"]["stop_grace_period"]) >= seconds(host["stop_grace_period"])

    def test_the_balancer_is_configured_for_these_hosts(self):
        balancer = SERVICES["balancer"]
        known = set(re.findall(r'"\$\{(\w+)\}"', (CLUSTER / "haproxy.cfg").read_text()))
        environment = balancer["environment"]
        assert set(environment) <= known
        for name, host in HOSTS.items():
            variable = f"HOST_{name.removeprefix('host-').upper()}"
            assert environment[variable] == f"{name}:{host['environment']['LOCAL_STT_PORT']}"
        assert environment["BALANCER_CERTIFICATE"] == "/run/secrets/certificate"
        assert balancer["secrets"] == ["certificate"]

    def test_callers_reach_the_balancer_and_nothing_else(self):
        assert [name for name, each in SERVICES.items() if "ports" in each] == ["balancer"]
        listening = {environment_port(SERVICES["balancer"], name) for name in ("BALANCER", "MONITOR")}
        published = [each.rpartition(":") for each in SERVICES["balancer"]["ports"]]
        assert {port for _, _, port in published} == listening
        monitor = environment_port(SERVICES["balancer"], "MONITOR")
        assert [left for left, _, port in published if port == monitor] == [f"127.0.0.1:{monitor}"]

    def test_only_hosts_are_on_the_network_of_the_database(self):
        assert WHOLE["networks"]["shared"] == {"internal": True}
        on_it = {name for name, each in SERVICES.items() if "shared" in each["networks"]}
        assert on_it == {*HOSTS, "postgres", "redis"}

    def test_what_is_named_exists(self):
        for service in SERVICES.values():
            assert set(service.get("depends_on", {})) <= set(SERVICES)
            assert set(service["networks"]) <= set(WHOLE["networks"])
            for volume in service.get("volumes", []):
                source = volume.partition(":")[0]
                assert source in WHOLE["volumes"] or (CLUSTER / source).is_file(), volume

    def test_redis_keeps_nothing_on_disk_and_needs_its_password(self):
        command = SERVICES["redis"]["command"]
        assert command[command.index("--save") + 1] == ""
        assert command[command.index("--appendonly") + 1] == "no"
        assert command[command.index("--requirepass") + 1] == "${REDIS_PASSWORD}"
        assert "volumes" not in SERVICES["redis"]


def environment_port(service, name):
    return service["environment"][f"{name}_ADDRESS"].rpartition(":")[2]


@cache
def manifests():
    """Every manifest, with its file."""
    return [(file, each) for file in [*KUBERNETES, SECRET] for each in yaml.safe_load_all(file.read_text())]


def manifest(kind, name="local-stt"):
    (found,) = [each for _, each in manifests() if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


class TestKubernetes:
    @pytest.mark.parametrize("number", range(len(manifests())))
    def test_manifests_are_valid(self, number):
        kubernetes_validate.validate(
            manifests()[number][1], kubernetes_validate.latest_version(), strict=True
        )

    def test_a_mistake_is_noticed(self):
        wrong = yaml.safe_load((CLUSTER / "kubernetes" / "deployment.yaml").read_text())
        wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
        with pytest.raises(kubernetes_validate.ValidationError, match="readinesProbe"):
            kubernetes_validate.validate(wrong, kubernetes_validate.latest_version(), strict=True)

    @property
    def pod(self):
        return manifest("Deployment")["spec"]["template"]

    @property
    def container(self):
        (container,) = self.pod["spec"]["containers"]
        return container

    def test_there_is_what_a_deployment_needs_and_no_namespace(self):
        kinds = sorted(each["kind"] for _, each in manifests())
        assert kinds == [
            "ConfigMap",
            "Deployment",
            "HorizontalPodAutoscaler",
            "Ingress",
            "PodDisruptionBudget",
            "Secret",
            "Service",
            "Service",
        ]
        assert [each for _, each in manifests() if "namespace" in each["metadata"]] == []

    def test_selectors_are_of_the_pods_and_of_no_other(self):
        labels = self.pod["metadata"]["labels"]
        selectors = [
            manifest("Deployment")["spec"]["selector"]["matchLabels"],
            manifest("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
            *(each["labelSelector"]["matchLabels"] for each in self.pod["spec"]["topologySpreadConstraints"]),
            *(manifest("Service", name)["spec"]["selector"] for name in ("local-stt", "local-stt-streams")),
        ]
        assert selectors == [labels] * 5

    def test_settings_are_those_of_the_program_and_secrets_are_in_the_secret(self):
        config, secret = manifest("ConfigMap")["data"], manifest("Secret")["stringData"]
        named = {each["name"] for each in self.container["env"]}
        assert set(config) | set(secret) | named <= VARIABLES
        assert not set(config) & SECRETS
        assert set(secret) - {"TWILIO_ACCOUNT_SID"} <= SECRETS
        assert {"DATABASE_URL", "REDIS_URL", "LOCAL_STT_TOKEN", "TWILIO_AUTH_TOKEN"} <= set(secret)
        assert config["LOCAL_STT_WIRE"] == "no"
        assert self.container["envFrom"] == [
            {"configMapRef": {"name": "local-stt"}},
            {"secretRef": {"name": "local-stt"}},
        ]

    def test_the_example_of_the_secret_is_not_applied_with_the_folder(self):
        assert SECRET not in KUBERNETES
        assert SECRET.suffix not in (".yaml", ".yml", ".json")

    def test_ports_are_the_one_that_the_program_listens_on(self):
        (port,) = self.container["ports"]
        assert str(port["containerPort"]) == manifest("ConfigMap")["data"]["LOCAL_STT_PORT"]
        for name in ("local-stt", "local-stt-streams"):
            (served,) = manifest("Service", name)["spec"]["ports"]
            assert served["targetPort"] == port["name"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert self.container[probe]["httpGet"]["port"] == port["name"]

    def test_probes_ask_what_the_program_answers(self, paths):
        asked = {
            probe: self.container[probe]["httpGet"]["path"]
            for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        }
        assert set(asked.values()) <= paths
        assert asked == {
            "startupProbe": "/healthz",
            "livenessProbe": "/healthz",
            "readinessProbe": "/readyz",
        }

    def test_calls_have_time_to_drain_and_finish(self):
        (_, pause) = self.container["lifecycle"]["preStop"]["exec"]["command"]
        drain = int(manifest("ConfigMap")["data"]["LOCAL_STT_DRAIN_SECONDS"])
        grace = self.pod["spec"]["terminationGracePeriodSeconds"]
        assert grace > int(pause) + drain + FINISH_SECONDS

    def test_a_pod_may_do_little(self):
        assert self.pod["spec"]["automountServiceAccountToken"] is False
        whole, own = self.pod["spec"]["securityContext"], self.container["securityContext"]
        assert whole["runAsNonRoot"] is True
        assert whole["seccompProfile"] == {"type": "RuntimeDefault"}
        user = re.search(r"^USER (\d+):(\d+)$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
        assert [str(whole[name]) for name in ("runAsUser", "runAsGroup")] == list(user.groups())
        assert own == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }

    def test_folders_are_those_of_the_image(self):
        kept = re.search(r"^VOLUME (.*)$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)[1]
        mounted = {each["mountPath"]: each["name"] for each in self.container["volumeMounts"]}
        assert set(mounted) == {*yaml.safe_load(kept), "/tmp"}
        assert set(mounted.values()) == {each["name"] for each in self.pod["spec"]["volumes"]}

    def test_audio_goes_to_the_hosts_that_try_others_when_they_are_full(self, audio_paths):
        (rule,) = manifest("Ingress")["spec"]["rules"]
        by_path = {
            each["path"]: (each["backend"]["service"]["name"], each["pathType"])
            for each in rule["http"]["paths"]
        }
        assert by_path.pop("/") == ("local-stt", "Prefix")
        assert by_path == dict.fromkeys(audio_paths, ("local-stt-streams", "Exact"))
        assert f"https://{rule['host']}" == manifest("ConfigMap")["data"]["LOCAL_STT_PUBLIC_URL"]
        retries = {
            name: re.search(r"retry-on (.*)", snippet(manifest("Service", name)))[1].split()
            for name in ("local-stt", "local-stt-streams")
        }
        assert ("503" in retries["local-stt-streams"], "503" in retries["local-stt"]) == (True, False)
        for name in retries:
            assert "timeout tunnel 24h" in snippet(manifest("Service", name))

    def test_the_autoscaler_reads_a_metric_of_the_program(self, metric_names):
        autoscaler = manifest("HorizontalPodAutoscaler")["spec"]
        (metric,) = autoscaler["metrics"]
        assert metric["pods"]["metric"]["name"] in metric_names
        target = autoscaler["scaleTargetRef"]
        assert manifest(target["kind"], target["name"])["apiVersion"] == target["apiVersion"]
        assert "replicas" not in manifest("Deployment")["spec"]


def snippet(service):
    return service["metadata"]["annotations"]["haproxy.org/backend-config-snippet"]


class TestBalancers:
    def test_haproxy_knows_where_audio_comes(self, audio_paths, paths):
        text = (CLUSTER / "haproxy.cfg").read_text()
        assert set(re.search(r"acl is_audio path (.*)", text)[1].split()) == audio_paths
        assert set(re.findall(r"meth GET uri (\S+)", text)) == {"/healthz", "/readyz"} <= paths
        repeated = re.search(r"disable-l7-retry unless METH_GET or \{ path (.*) \}", text)[1].split()
        assert set(repeated) == {"/call", "/dialed"} <= paths

    def test_nginx_knows_where_audio_comes(self, audio_paths, paths):
        text = (CLUSTER / "nginx.conf").read_text()
        groups = [{f"/{each}" for each in found.split("|")} for found in re.findall(r"~ \^/\((.*)\)\$", text)]
        assert groups == [{"/call", "/dialed"}, audio_paths, {"/api/events", "/client"}]
        assert set().union(*groups) <= paths

    def test_the_kubernetes_ingress_does_as_haproxy_does(self):
        own = (CLUSTER / "haproxy.cfg").read_text()
        for name in ("local-stt", "local-stt-streams"):
            for line in snippet(manifest("Service", name)).splitlines():
                assert f"    {line}\n" in own, line
