"""What runs on a machine for each role of a job, as a file and with the standard library alone:

    python resnet_gluon/cluster/role.py COMMAND…     DMLC_ROLE in the environment says which role

It starts the role as a child: a worker is COMMAND, scheduler and server are MXNet's. It passes on the child's output,
each line whole and with the role before it, and ends with the child's exit status. Where RESNET_GLUON_LEASH is set, it
ends itself and its child as soon as its standard input is closed, as it is when the launcher dies.
"""
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import threading
import time

JOINED = re.compile(rb"joined as rank (\d+) of \d+\s*")
HERE = os.path.dirname(os.path.abspath(__file__))


def label():
    """The role before the job has given out ranks: what the launcher calls it, else where it is."""
    return os.environ.get("RESNET_GLUON_LABEL") or f"{os.environ['DMLC_ROLE']} {socket.gethostname()}:{os.getpid()}"


def say(name, line):
    os.write(1, f"[{name[0]}] ".encode() + line + b"\n")  # in one piece, so that lines of two roles do not mix


def relay(stream, name):
    """Copy lines to standard output, whole and with the role's name before each.

    name: a list with the role's name, which becomes its rank.
    """
    for line in stream:
        rank = JOINED.fullmatch(line)
        if rank and not os.environ.get("RESNET_GLUON_LABEL"):
            name[0] = f"worker {rank[1].decode()}"
        say(name, line.rstrip(b"\r\n").rpartition(b"\r")[2])


def hold_leash(child):
    """End the child, and this process, when standard input is closed."""
    while os.read(0, 1024):
        pass
    end_all(child)


def end_all(child):
    if os.getpgrp() == os.getpid():  # the child's own children are in the group, too
        os.killpg(os.getpid(), signal.SIGKILL)
    child.kill()
    os._exit(1)


def main(command):
    if command == ["--serve"]:
        serve()
        return 0
    worker = os.environ["DMLC_ROLE"] == "worker"
    child = subprocess.Popen(command if worker else [sys.executable, os.path.abspath(__file__), "--serve"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    signal.signal(signal.SIGINT, lambda *_: None)  # the child has it too, and decides
    signal.signal(signal.SIGTERM, lambda *_: end_all(child))
    if os.environ.get("RESNET_GLUON_LEASH"):
        threading.Thread(target=hold_leash, args=(child,), daemon=True).start()
    name = [label()]
    relaying = threading.Thread(target=relay, args=(child.stdout, name), daemon=True)
    relaying.start()
    status = child.wait()
    relaying.join(1)  # not for ever: what the child has started may still hold the other end
    if status:
        how = f"by {signal.Signals(-status).name}" if status < 0 else f"with exit status {status}"
        say(name, f"ended {how}".encode())
    return status if status >= 0 else 128 - status  # as a shell says it


def serve():
    """Be the job's scheduler or one of its servers until the workers are done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the workers' alone: they stop together
    sys.path.remove(HERE)  # its modules are no top-level ones
    sys.path.insert(0, os.path.dirname(os.path.dirname(HERE)))
    if os.environ["DMLC_ROLE"] == "server":
        pickle.loads = refuse
        import mxnet  # which is the server, and ends the process; one that is started later answers no pushes
        return mxnet
    del os.environ["DMLC_ROLE"]  # else the import would be the scheduler, and no one could watch
    import mxnet as mx
    from mxnet.kvstore.kvstore_server import KVStoreServer
    os.environ["DMLC_ROLE"] = "scheduler"
    store = mx.kv.create("dist")
    if os.environ.get("PS_HEARTBEAT_INTERVAL", "0") != "0":
        threading.Thread(target=watch, args=(store,), daemon=True).start()
    return KVStoreServer(store).run()


def refuse(_):
    """In place of `pickle.loads`, with which MXNet's servers run what anyone who reaches their port sends."""
    print("refused a pickled optimizer: workers update by themselves", flush=True)
    raise ValueError("this server takes no code")


def watch(store):
    """End the scheduler, by name, when a machine of the job gives no sign of life any more: the rest would wait."""
    from resnet_gluon.training.workers import HEARTBEAT, LOST, lost
    roles = [f"{kind} {rank}" for kind in ("server", "worker")
             for rank in range(int(os.environ[f"DMLC_NUM_{kind.upper()}"]))]
    while True:
        time.sleep(HEARTBEAT)
        for role in lost(store, roles):
            print(f"{role} has given no sign of life for {LOST} s", flush=True)
            os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
