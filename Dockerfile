# The course in a container, for one machine or for a cluster's nodes.
#   docker build -t resnet-gluon .                         CPU
#   docker build -t resnet-gluon:gpu --build-arg GPU=1 .   NVIDIA's cards; docker run --gpus all
#   docker run --rm resnet-gluon train --recipe smoke --folder /tmp/run
FROM python:3.11-slim-bookworm
ARG GPU=0
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 make dataset-fashion-mnist \
    || apt-get install -y --no-install-recommends libgomp1 make \
    ; rm -rf /var/lib/apt/lists/*
WORKDIR /course
COPY requirements.txt requirements-gpu.txt requirements-grading.txt pyproject.toml README.md ./
COPY tools tools
COPY resnet_gluon resnet_gluon
RUN GPU=$GPU sh tools/setup.sh && rm -rf /root/.cache
ENV PATH=/course/.venv/bin:$PATH PYTHONUNBUFFERED=1
COPY . .
ENTRYPOINT ["python", "-m", "resnet_gluon"]
CMD ["--help"]
