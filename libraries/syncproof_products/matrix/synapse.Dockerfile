# A stand-in for matrixdotorg/synapse on a machine that reaches no image registry: the same version from the package
# index, on our own base. It has not that image's start script, which compose.yaml does not use.

FROM python:3.11.13-slim-bookworm
ARG VERSION
RUN pip install --quiet --no-cache-dir --root-user-action ignore "matrix-synapse==$VERSION"
