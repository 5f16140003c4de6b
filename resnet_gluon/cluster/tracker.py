"""MXNet's own launcher, dmlc_tracker, in a process of its own, so that what it starts can be watched and ended.

    python resnet_gluon/cluster/tracker.py OPTIONS… -- COMMAND…       options are dmlc_tracker's

Three things are mended, none copied: it calls Thread.isAlive, which Python 3.9 dropped; a process that fails ends one
of its threads and nothing else; on Kubernetes it submits nothing where its `echo` is faster than its next line.
"""
import importlib
import os
import re
import subprocess
import sys
import threading


def end_with_the_first_that_failed(told):
    """What a thread does with an error that nobody catches: name it, and end the tracker with its exit status."""
    failed = isinstance(told.exc_value, subprocess.CalledProcessError)
    print(f"{'a process of the job' if failed else told.thread.name}: {told.exc_value}", file=sys.stderr, flush=True)
    os._exit(told.exc_value.returncode % 256 or 1 if failed else 1)


def escape(word):
    """A word for a shell. Not by quotes: the tracker puts some around the whole."""
    return re.sub(r"([^\w@%+=:,./-])", r"\\\1", word)


def submit(options, command):
    """Hand the job to the tracker, and wait for all that it has started."""
    from dmlc_tracker import opts, tracker
    threading.Thread.isAlive = threading.Thread.is_alive
    threading.excepthook = end_with_the_first_that_failed
    chosen = opts.get_opts([*options, "command"])
    chosen.command = command if chosen.cluster == "kubernetes" else [escape(word) for word in command]
    if chosen.cluster == "kubernetes":
        tracker.PSTracker.alive = lambda self: True
    importlib.import_module(f"dmlc_tracker.{chosen.cluster}").submit(chosen)
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join()


if __name__ == "__main__":
    split = sys.argv.index("--")
    submit(sys.argv[1:split], sys.argv[split + 1:])
