#!/bin/bash
# One run on four nodes: sbatch resnet_gluon/cluster/examples/slurm.sh, from the course's folder, which all nodes have to see.
# Each node is a worker; the first is scheduler and server too. A run that fails, or is sent again, goes on where it was.
#SBATCH --job-name=resnet-gluon
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --time=04:00:00
#SBATCH --output=runs/slurm-%j.log
#SBATCH --requeue
set -eu

first=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
address=$(getent ahostsv4 "$first" | awk '{ print $1; exit }')  # MXNet takes addresses, not names
python=.venv/bin/python
role=resnet_gluon/cluster/role.py

export DMLC_PS_ROOT_URI=$address DMLC_PS_ROOT_PORT=${PORT:-9091}
export DMLC_NUM_WORKER=$SLURM_JOB_NUM_NODES DMLC_NUM_SERVER=${SERVERS:-1}
export RESNET_GLUON_KVSTORE=dist_sync PS_HEARTBEAT_INTERVAL=2 PYTHONUNBUFFERED=1
unset PORT

start() {  # a role on the first node, beside its worker
    DMLC_ROLE=$1 srun --overlap --nodes=1 --ntasks=1 --nodelist="$first" "$python" "$role" &
}
start scheduler
for _ in $(seq "$DMLC_NUM_SERVER"); do start server; done
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

# --kill-on-bad-exit: when one worker fails, Slurm ends the others
DMLC_ROLE=worker srun --overlap --kill-on-bad-exit=1 --ntasks-per-node=1 \
    "$python" "$role" "$python" -m resnet_gluon train --recipe default --folder runs/slurm --resume
