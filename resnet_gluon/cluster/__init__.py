"""One run on several machines: launching its processes, and watching them."""
from resnet_gluon.cluster.job import Job
from resnet_gluon.cluster.launcher import launch
from resnet_gluon.cluster.processes import JobFailed

__all__ = ["Job", "JobFailed", "launch"]
