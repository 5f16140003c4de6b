"""The jobs for Slurm and Kubernetes and the Dockerfile: as far as can be said without a cluster."""
import os
import re
import shutil
import subprocess
from pathlib import Path

from resnet_gluon.training.workers import HEARTBEAT, PLACES

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES, DOCKER = ROOT / "resnet_gluon" / "cluster" / "examples", ROOT / "Dockerfile"
SLURM, KUBERNETES = EXAMPLES / "slurm.sh", EXAMPLES / "kubernetes.yaml"


def test_the_slurm_job_is_a_script_that_bash_takes():
    assert subprocess.run(["bash", "-n", SLURM], capture_output=True, text=True).stderr == ""
    options = re.findall(r"^#SBATCH --([a-z-]+)", SLURM.read_text(), re.MULTILINE)
    assert {"nodes", "ntasks-per-node", "time", "output"} <= set(options)


def test_the_slurm_job_starts_each_role_with_all_that_it_needs(tmp_path):
    """On a machine made up: two nodes, and an srun that says what it would start."""
    for name, code in (("scontrol", "echo localhost; echo other"), ("getent", "echo 10.0.0.7 STREAM localhost"),
                       ("srun", 'echo "$DMLC_ROLE $DMLC_PS_ROOT_URI:$DMLC_PS_ROOT_PORT $DMLC_NUM_WORKER '
                                '$DMLC_NUM_SERVER $RESNET_GLUON_KVSTORE $*"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{code}\n")
        (tmp_path / name).chmod(0o755)
    told = subprocess.run(["bash", SLURM], capture_output=True, text=True, timeout=30, env={
        "PATH": f"{tmp_path}:{os.environ['PATH']}", "SLURM_JOB_NODELIST": "n[1-2]", "SLURM_JOB_NUM_NODES": "2",
        "SERVERS": "2"})
    lines = told.stdout.splitlines()
    assert told.returncode == 0, told.stderr
    assert sorted(line.split()[0] for line in lines) == ["scheduler", "server", "server", "worker"]
    assert all(" 10.0.0.7:9091 2 2 dist_sync " in line for line in lines)
    worker, = (line for line in lines if line.startswith("worker"))
    assert worker.endswith("role.py .venv/bin/python -m resnet_gluon train --recipe default --folder runs/slurm "
                           "--resume")


def test_the_kubernetes_jobs_fit_together():
    yaml = pytest.importorskip("yaml")
    parts = list(yaml.safe_load_all(KUBERNETES.read_text()))
    by_kind = {}
    for part in parts:
        by_kind.setdefault(part["kind"], []).append(part)
    shared = by_kind["ConfigMap"][0]["data"]
    assert all(isinstance(value, str) for value in shared.values())  # Kubernetes refuses numbers
    assert shared["PS_HEARTBEAT_INTERVAL"] == str(HEARTBEAT)
    service, = by_kind["Service"]
    assert str(service["spec"]["ports"][0]["port"]) == shared["DMLC_PS_ROOT_PORT"]
    counts = {}
    for job in by_kind["Job"]:
        template = job["spec"]["template"]
        container, = template["spec"]["containers"]
        own = {entry["name"]: entry["value"] for entry in container["env"]}
        role = own["DMLC_ROLE"]
        assert template["metadata"]["labels"]["role"] == role and job["apiVersion"] == "batch/v1"
        assert container["envFrom"][0]["configMapRef"]["name"] == by_kind["ConfigMap"][0]["metadata"]["name"]
        script = container["command"][2]
        assert set(PLACES) <= {*own, *shared, *re.findall(r"(\w+)=", script)}
        assert subprocess.run(["sh", "-n", "-c", script]).returncode == 0 and "resnet_gluon/cluster/role.py" in script
        counts[role] = job["spec"].get("completions", 1), job["spec"].get("parallelism", 1)
    assert counts == {"scheduler": (1, 1), "server": (int(shared["DMLC_NUM_SERVER"]),) * 2,
                      "worker": (int(shared["DMLC_NUM_WORKER"]),) * 2}
    assert service["spec"]["selector"]["role"] == "scheduler"


def test_the_container_holds_what_the_set_up_reads():
    text = DOCKER.read_text()
    copied = set(" ".join(re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE)).split())
    assert copied - {"."} <= {path.name for path in ROOT.iterdir()}
    assert {"requirements.txt", "requirements-gpu.txt", "pyproject.toml", "tools", "resnet_gluon"} <= copied
    version = re.search(r"^FROM python:(\d)\.(\d+)", text, re.MULTILINE)
    assert (3, 8) <= (int(version[1]), int(version[2])) <= (3, 11) and "ARG GPU=0" in text


@pytest.mark.slow
def test_docker_takes_the_file():
    if not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True).returncode:
        pytest.skip("there is no Docker daemon here")
    told = subprocess.run(["docker", "build", "--check", str(ROOT)], capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stderr
