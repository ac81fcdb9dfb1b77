# The image of local_stt: answers a phone number and turns calls into text.
#
#   docker build --tag local-stt .
#   docker run --rm --env-file .env --publish 127.0.0.1:8080:8080 --stop-timeout 60 \
#       --volume local-stt-data:/data --volume local-stt-models:/models local-stt
#
# The image listens on all addresses of its container, so it needs TWILIO_AUTH_TOKEN. It has no secrets:
# they come with the environment. compose.yaml runs it with fewer permissions.

FROM python:3.13-slim-trixie AS build

WORKDIR /source
RUN python -m venv /opt/local-stt
ENV PATH=/opt/local-stt/bin:$PATH

# The libraries come first, so that a change of the code does not install them again.
COPY requirements.lock requirements-postgresql.lock requirements-redis.lock requirements-s3.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock -r requirements-postgresql.lock \
        -r requirements-redis.lock -r requirements-s3.lock

COPY pyproject.toml README.md LICENSE ./
# The package names them all as its extras.
COPY requirements.txt requirements-names.txt requirements-postgresql.txt requirements-punctuation.txt \
    requirements-redis.txt requirements-s3.txt ./
COPY models/demo-en models/demo-en
COPY local_stt local_stt
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
    && pip install --no-cache-dir --no-deps /wheels/*.whl


FROM python:3.13-slim-trixie

# tini is process 1. It passes SIGTERM on, also while Python starts, when process 1 would ignore it.
# And it reaps processes whose parent was killed, such as the ffmpeg of a decoder: local_stt waits for its own only.
# Debian's stable release has one version of tini, so none is named.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/*

# The user's id is fixed, so that volumes keep their owner when the image is built again.
RUN groupadd --gid 10001 local-stt \
    && useradd --uid 10001 --gid local-stt --home-dir /data --no-create-home --no-log-init \
        --shell /usr/sbin/nologin local-stt \
    && install --directory --owner=local-stt --group=local-stt --mode=0700 /data /models /audio

COPY --from=build /opt/local-stt /opt/local-stt
COPY packaging/docker/healthcheck.py /opt/local-stt/healthcheck.py

# HOME is on the volume, as pyngrok downloads the ngrok program there.
ENV PATH=/opt/local-stt/bin:$PATH \
    HOME=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    LOCAL_STT_HOST=0.0.0.0 \
    LOCAL_STT_DATA_DIR=/data \
    LOCAL_STT_MODELS_DIR=/models

ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="local_stt" \
    org.opencontainers.image.description="Answers a phone number and turns every call into text on your own machine" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.base.name="docker.io/library/python:3.13-slim-trixie"

USER 10001:10001
# phones.toml is read from here.
WORKDIR /data
VOLUME ["/data", "/models"]
EXPOSE 8080

# At SIGTERM calls have LOCAL_STT_FINISH_SECONDS (20) for their last words, and then the number's webhook is put
# back. Give it 60 seconds: Docker kills a container after 10.
STOPSIGNAL SIGTERM

# The first start downloads a model before the server answers.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10m --retries=3 \
    CMD ["python", "/opt/local-stt/healthcheck.py"]

ENTRYPOINT ["/usr/bin/tini", "--", "local-stt"]
CMD ["run", "--json"]
