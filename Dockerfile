# syntax=docker/dockerfile:1
# One image for every Airflow process and for the `frontdoor` command: locked dependencies, no build tools, no root.
# Images are pinned by tag; pin them by digest in your registry (none could be looked up where this was written).

FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/frontdoor
COPY requirements/bootstrap.txt requirements/runtime.txt requirements/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements/bootstrap.txt \
    && /opt/venv/bin/uv pip sync --no-cache --python /opt/venv/bin/python --require-hashes requirements/runtime.txt

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 frontdoor \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/frontdoor --shell /usr/sbin/nologin frontdoor \
    && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/frontdoor
COPY --from=build /opt/venv /opt/venv
COPY --chown=root:root . /opt/frontdoor
RUN echo /opt/frontdoor/plugins > /opt/venv/lib/python3.11/site-packages/frontdoor.pth \
    && echo /opt/frontdoor >> /opt/venv/lib/python3.11/site-packages/frontdoor.pth
WORKDIR /opt/frontdoor
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FRONTDOOR_HOME=/var/lib/frontdoor
USER 10001:10001
ENTRYPOINT ["python", "-m", "frontdoor"]
CMD ["--help"]
