"""Attacks on the grading, by class. Code is Python for a student's process; files are what a student hands in.

In code, CANARY stands for a folder that looks like a course, with `gradebook.db` in it, whose text is a secret, and
MARK for a number by which a process that was left behind is known.
"""
import json
import os
import socket

FORK = "import os, time\nif os.fork():\n    os._exit(0)\nos.setsid()\nif os.fork():\n    os._exit(0)\n"

#: What a student can leave where the grader will look.
LEFT = {
    "link-to-mem": "import os; os.symlink('/proc/self/mem', 'outside')",
    "folder-outside": "import os; os.mkdir('outside')",
    "pipe-outside": "import os; os.mkfifo('outside')",
    "newline": "open('a\\nb', 'w')",
    "undecodable": "open(b'a\\xff\\xfe', 'w')",
    "link-loop": "import os; os.symlink('b', 'a'); os.symlink('a', 'b')",
    "link-to-root": "import os; os.symlink('/', 'everything'); os.symlink('CANARY', 'course')",
    "deep": "import os\nfor _ in range(3000): os.mkdir('d'); os.chdir('d')",
    "closed-folder": "import os; os.mkdir('c'); open('c/x', 'w'); os.open('c', 0)\n"
                     "try: os.chmod('c', 0)\nexcept OSError: pass",
    "socket-file": "import os; os.mknod('s', 0o140600)",
    "flag": "open('-rf', 'w'); open('--help', 'w'); open('*', 'w')",
    "hard-link": "import os; os.link('CANARY/gradebook.db', 'x')",
    "own-folder": "import os; here = os.getcwd(); os.chdir('/'); os.rmdir(here); os.symlink('CANARY', here)",
    "forged-report": "import os\nfor up in ('.', '..', '../..'):\n    try: open(up + '/report.json', 'w').write('{')\n"
                     "    except OSError: pass",
    "long-names": "for i in range(50): open(chr(97 + i % 26) * 250 + str(i), 'w')",
}
#: What reaches for something outside.
REACHING = {
    "gradebook": "open('CANARY/gradebook.db', 'w').write('mine')",
    "gradebook-folder": "import os; os.remove('CANARY/gradebook.db'); os.mkdir('CANARY/gradebook.db')",
    "gradebook-pipe": "import os; os.remove('CANARY/gradebook.db'); os.mkfifo('CANARY/gradebook.db')",
    "gradebook-dangling": "import os; os.remove('CANARY/gradebook.db'); os.symlink('/gone', 'CANARY/gradebook.db')",
    "read": "print(open('CANARY/gradebook.db').read())",
    "read-by-parent": "import os; print(open(f'/proc/{os.getppid()}/root/' + 'CANARY/gradebook.db').read())",
    "read-by-shell": "import os; os.system('cat CANARY/gradebook.db; cp -r CANARY . ; cat */gradebook.db')",
    "read-any-root": "import glob\nfor path in glob.glob('/proc/*/root'):\n"
                     "    try: print(open(path + 'CANARY/gradebook.db').read())\n    except OSError: pass",
    "rename": "import os; os.rename('CANARY/gradebook.db', 'CANARY/other')",
    "chmod": "import os; os.chmod('CANARY/gradebook.db', 0)",
    "utime": "import os; os.utime('CANARY/gradebook.db', (0, 0))",
    "truncate": "import os; os.truncate('CANARY/gradebook.db', 0)",
    "new-file": "open('CANARY/new', 'w')",
    "setxattr": "import os; os.setxattr('CANARY/gradebook.db', 'user.x', b'1')",
    "kill-parent": "import os; os.kill(os.getppid(), 9)",
    "kill-all": "import os, signal; signal.signal(15, signal.SIG_IGN); os.kill(-1, 15)",
    "kill-grader": "import os, glob\nfor path in glob.glob('/proc/[0-9]*'):\n"
                   "    if b'pytest' in open(path + '/cmdline', 'rb').read(): os.kill(int(path[6:]), 9)",
    "limits-of-parent": "import resource, os; resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
    "slow-down-all": "import os; os.setpriority(os.PRIO_USER, 0, 19)",
    "memory-of-parent": "import os; print(open(f'/proc/{os.getppid()}/maps').read()); "
                        "open(f'/proc/{os.getppid()}/mem', 'r+b')",
    "environment-of-parent": "import os; print(open(f'/proc/{os.getppid()}/environ').read())",
    "package": "import glob\nfor path in glob.glob('/course/resnet_gluon/*.py') + ['PACKAGE/__init__.py']:\n"
               "    open(path, 'a').write('x = 1')",
    "site-packages": "import sys, sysconfig; open(sysconfig.get_path('purelib') + '/x.pth', 'w').write('import os')",
    "pyc": "import sys, os; open(os.path.dirname(os.__file__) + '/__pycache__/os.cpython-311.pyc', 'r+b').write(b'x')",
    "pip": "import sys, os; os.system(sys.executable + ' -m pip install --no-index --no-deps PACKAGE/..')",
    "pip-uninstall": "import sys, os; os.system(sys.executable + ' -m pip uninstall -y tqdm')",
    "network": "import socket; socket.create_connection(('127.0.0.1', PORT), 2)",
    "network-raw": "import ctypes; c = ctypes.CDLL(None); print('socket', c.socket(2, 1, 0), c.socket(1, 1, 0), "
                   "c.socket(40, 1, 0))",
    "namespace": "import ctypes, os; c = ctypes.CDLL(None); assert c.unshare(0x10000000) == 0; print('SECRET')",
    "namespace-by-fork": "import ctypes; c = ctypes.CDLL(None); assert c.syscall(56, 0x10000011, 0, 0, 0, 0) >= 0\n"
                         "print('SECRET')",
    "mount": "import os; os.system('mount -t tmpfs x /tmp && echo SECRET; unshare -Ur echo SECRET')",
    "devices": "import os\nfor name in os.listdir('/dev'):\n"
               "    if name.startswith(('vd', 'sd', 'nvme', 'mem', 'kmsg', 'kvm')):\n"
               "        open('/dev/' + name, 'rb').read(1); print('SECRET')",
    "kernel-settings": "open('/proc/sys/kernel/core_pattern', 'w').write('|/tmp/x')",
    "keys": "import ctypes; assert ctypes.CDLL(None).syscall(248, b'user', b'x', b'y', 1, -3) > 0; print('SECRET')",
}
#: What wants to go on when it should be over. Each leaves a process whose arguments hold MARK, where it can.
LASTING = {
    "detached": FORK + "os.execve('/bin/sleep', ['sleep', 'MARK'], {})",
    "detached-writer": FORK + "for _ in range(600):\n    time.sleep(0.1)\n"
                              "    try: open('own', 'w').write('mine')\n    except OSError: pass",
    "chain": "import os, time\nif os.fork(): os._exit(0)\nend = time.time() + 60\nwhile time.time() < end:\n"
             "    if os.fork(): os._exit(0)\nos.execv('/bin/sleep', ['sleep', 'MARK'])",
    "shell-jobs": "import os; os.system('for i in 1 2 3; do (setsid nohup sleep MARK >/dev/null 2>&1 &) ; done')",
    "deaf": FORK + "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n"
                   "    except (OSError, ValueError): pass\nos.execv('/bin/sleep', ['sleep', 'MARK'])",
    "stopped": FORK + "pid = os.fork()\nif not pid: os.execv('/bin/sleep', ['sleep', 'MARK'])\nos.kill(pid, 19)",
    "renamed": FORK + "import ctypes; ctypes.CDLL(None).prctl(15, b'systemd', 0, 0, 0)\n"
                      "os.execv('/bin/sleep', ['[kworker]', 'MARK'])",
    "own-session-tree": FORK + "for _ in range(4):\n    if not os.fork(): os.setsid()\n"
                               "os.execv('/bin/sleep', ['sleep', 'MARK'])",
    "undying-parent": "import os\nif not os.fork(): os.execv('/bin/sleep', ['sleep', 'MARK'])\nwhile True: pass",
    "no-death-signal": FORK + "import ctypes; ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\n"
                              "os.execv('/bin/sleep', ['sleep', 'MARK'])",
}
#: What takes more than its share: each is stopped, or fails, within its time.
GREEDY = {
    "endless": "while True: pass",
    "endless-deaf": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "sleep": "import time; time.sleep(10 ** 6)",
    "memory": "x = bytearray(7 << 30)",
    "memory-in-parts": "import os\nfor _ in range(8):\n    if not os.fork():\n        x = b'x' * (400 << 20)\n"
                       "        while True: pass\nwhile True: pass",
    "fork-bomb": "import os\nwhile True: os.fork()",
    "thread-bomb": "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(99,)).start()",
    "shm": "for i in range(40): open(f'/dev/shm/x{i}', 'wb').write(bytes(90 << 20))",
    "sparse": "for i in range(40): open(f's{i}', 'wb').truncate(90 << 20)",
    "files": "for i in range(40): open(f'f{i}', 'wb').write(bytes(90 << 20))",
    "files-in-tmp": "import tempfile\n"
                    "for i in range(40): tempfile.NamedTemporaryFile(delete=False).write(bytes(90 << 20))",
    "large-file": "open('x', 'wb').write(bytes(900 << 20))",
    "many-files": "for i in range(10 ** 6): open(str(i), 'w').close()",
    "many-folders": "import os\nfor i in range(10 ** 6): os.mkdir(str(i))",
    "root-files": "import os\nfor top in ('/', '/dev', '/course', '/run', '/var/tmp'):\n"
                  "    for i in range(100):\n        try: open(f'{top}/gl-x{i}', 'w').write('x' * 10 ** 6)\n"
                  "        except OSError: break",
    "memfd": "import os\nkept = [os.memfd_create(str(i)) for i in range(200)]\n"
             "for f in kept: os.write(f, bytes(50 << 20))\nprint('SECRET')",
    "shared-memory": "import ctypes\nassert ctypes.CDLL(None).shmget(0, 1 << 30, 0o1600) >= 0; print('SECRET')",
    "pipes": "import os, fcntl\nkept = [os.pipe() for _ in range(10 ** 5)]\nprint('SECRET')",
    "output": "import sys\nwhile True: sys.stdout.write('x' * 10 ** 6)",
    "recursion": "import sys; sys.setrecursionlimit(10 ** 9)\ndef f(): f()\nf()",
}
CLASSES = {"left": LEFT, "reaching": REACHING, "lasting": LASTING, "greedy": GREEDY}



def raw(text):
    """Hand in this text, or these bytes, as the notebook."""
    def hand_in(place, notebook):
        notebook.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return hand_in


def changed(change):
    """Hand in the right notebook after `change(its JSON)`."""
    def hand_in(place, notebook):
        content = json.loads(notebook.read_text(encoding="utf8"))
        content = change(content) or content
        notebook.write_text(json.dumps(content), encoding="utf8")
    return hand_in


def beside(make):
    """Leave something else beside the right notebook."""
    def hand_in(place, notebook):
        make(place)
    return hand_in


def instead(make):
    """Leave something else in the place of the notebook."""
    def hand_in(place, notebook):
        notebook.unlink()
        make(notebook)
    return hand_in


def folder_instead(make):
    """Leave something else in the place of the assignment's folder."""
    def hand_in(place, notebook):
        notebook.unlink()
        place.rmdir()
        make(place)
    return hand_in


def nested(depth, value=0):
    for _ in range(depth):
        value = {"a": value}
    return value


def first_code(content):
    return next(cell for cell in content["cells"] if cell["cell_type"] == "code")


def all_metadata(value):
    def change(content):
        for cell in content["cells"]:
            cell["metadata"] = {**cell["metadata"], **value} if isinstance(value, dict) else value
    return changed(change)


def about(**words):
    """Change what nbgrader is told of every cell."""
    def change(content):
        for cell in content["cells"]:
            cell["metadata"].get("nbgrader", {}).update(words)
    return changed(change)


def output(**fields):
    def change(content):
        first_code(content)["outputs"] = [{"output_type": "display_data", "data": {"image/png": "AAAA"}, **fields}]
    return changed(change)


def text_cell(source, **fields):
    def change(content):
        content["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": source, **fields})
    return changed(change)


def unix_socket(path):
    here = os.getcwd()
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(here)


def sparse(path):
    with path.open("wb") as file:
        file.truncate(40 << 30)


def many(place):
    for number in range(1500):
        (place / f"x{number}").touch()


def old_format(content):
    cells = [{"cell_type": cell["cell_type"], "metadata": cell["metadata"], "outputs": [], "language": "python",
              ("input" if cell["cell_type"] == "code" else "source"): cell["source"]} for cell in content["cells"]]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}


TOO_DEEP = '{"cells": [], "metadata": ' + "[" * 100_000 + "]" * 100_000 + "}"
#: Right notebooks with something odd about them: these get full marks.
HONEST = {
    "schema-1": about(schema_version=1), "schema-99": about(schema_version=99),
    "schema-text": about(schema_version="x"),
    "points-infinite": about(points=1e999), "points-negative": about(points=-5), "points-text": about(points="many"),
    "grade-everywhere": about(grade=True), "ids-of-others": about(checksum="x", cell_type="markdown"),
    "image-metadata": output(metadata={"image/png": 7}), "image-list": output(metadata=[1, [2]]),
    "output-unknown": output(output_type="explosion", metadata=None), "output-huge": output(text=["x" * 10 ** 6]),
    "attachment": text_cell("![x](attachment:none.png)"),
    "attachment-odd": text_cell("![x](attachment:a.png)", attachments={"a.png": {"image/png": 5}}),
    "script": text_cell("<script>alert(1)</script></pre><img src=x onerror=alert(1)>"),
    "template": text_cell("{{ 7 * 7 }} {% include '/etc/passwd' %}"),
    "halves-of-signs": text_cell("\ud800 \udfff \x00 \x1b[2J"),
    "tags-odd": all_metadata({"tags": {"a": 1}}), "tags-null": all_metadata({"tags": None}),
    "metadata-deep": all_metadata({"x": nested(80)}),
    "no-notebook-metadata": changed(lambda content: content.pop("metadata") and None),
    "kernel-unknown": changed(lambda content: content["metadata"].update(kernelspec={"name": "ruby"})),
    "odd-cells": changed(lambda content: content["cells"].extend([None, 5, [], {}, {"cell_type": 3, "source": {}}])),
    "format-3": changed(old_format), "format-9": changed(lambda content: content.update(nbformat=9)),
    "digits": changed(lambda content: content.update(x=10 ** 4000)),
    "bom": lambda place, notebook: notebook.write_bytes(b"\xef\xbb\xbf" + notebook.read_bytes()),
    "utf-16": lambda place, notebook: notebook.write_bytes(notebook.read_text(encoding="utf8").encode("utf-16")),
    "other-name": lambda place, notebook: notebook.rename(place / "my own copy.ipynb"),
    "bad-time": beside(lambda place: (place / "timestamp.txt").write_text("yesterday")),
    "time-folder": beside(lambda place: (place / "timestamp.txt").mkdir()),
    "time-pipe": beside(lambda place: os.mkfifo(place / "timestamp.txt")),
    "time-link": beside(lambda place: os.symlink("/dev/zero", place / "timestamp.txt")),
    "time-out-of-range": beside(lambda place: (place / "timestamp.txt").write_text("9999-12-31 23:59:59 -23:59")),
    "pipe-beside": beside(lambda place: os.mkfifo(place / "outside")),
    "modules-beside": beside(lambda place: (place / "mxnet.py").write_text("raise SystemExit")),
    "undecodable-beside": beside(lambda place: open(os.fsencode(place) + b"/\xff\n", "w").close()),
}
#: What cannot be marked, and words of the note that says so.
REFUSED = {
    "deep": (all_metadata({"x": nested(900)}), "nested"), "too-deep": (raw(TOO_DEEP), "nested"),
    "deep-source": (changed(lambda content: first_code(content).update(source=nested(400))), "nested"),
    "metadata-list-deep": (raw("[" * 5000), "nested"),
    "empty": (raw(""), "not a notebook"), "no-json": (raw("{ not a notebook"), "not a notebook"),
    "null": (raw("null"), "not a notebook"), "list": (raw("[1]"), "not a notebook"),
    "no-cells": (raw('{"cells": {"a": 1}}'), "no list of cells"), "sheets": (raw('{"worksheets": {}}'), "no list"),
    "truncated": (lambda place, notebook: notebook.write_bytes(notebook.read_bytes()[:-200]), "damaged"),
    "latin-1": (raw(b'{"cells": "\xe9"}'), "UTF-8"), "binary": (raw(bytes(range(256)) * 100), "UTF-8"),
    "zip": (raw(b"PK\x03\x04" + bytes(1000)), "damaged"),
    "many-cells": (changed(lambda content: content["cells"].extend([{"cell_type": "raw"}] * 2000)), "cells"),
    "much-code": (changed(lambda content: first_code(content).update(source="#" * (2 << 20))), "characters"),
    "large": (changed(lambda content: content.update(x="y" * (11 << 20))), "bytes"),
    "sparse": (instead(sparse), "bytes"),
    "folder": (instead(lambda path: path.mkdir()), "folder"), "pipe": (instead(os.mkfifo), "pipe"),
    "socket": (instead(unix_socket), "socket"),
    "link": (instead(lambda path: os.symlink("/proc/self/mem", path)), "link"),
    "link-to-zero": (instead(lambda path: os.symlink("/dev/zero", path)), "link"),
    "link-dangling": (instead(lambda path: os.symlink("/gone", path)), "link"),
    "link-to-witness": (instead(lambda path: os.symlink(path.parents[2] / "witness-1" / path.parent.name / path.name,
                                                        path)), "link"),
    "nothing": (instead(lambda path: None), "there is no"), "many-files": (beside(many), "more than"),
    "assignment-file": (folder_instead(lambda place: place.write_text("x")), "file"),
    "assignment-pipe": (folder_instead(os.mkfifo), "pipe"),
    "assignment-link": (folder_instead(lambda place: os.symlink("../witness-1/" + place.name, place)), "link"),
    "assignment-loop": (folder_instead(lambda place: os.symlink(place, place)), "link"),
}
#: Names of students' folders that cannot be used, as bytes.
NAMES = (b"new\nline", b"und\xffecodable", b"=cmd|'calc'!A0", b"-rf", b"\x1b[2J",
         "\u202eright-to-left".encode(), b"n" * 200, b"a<b>", b"*", b"@sum")

#: Nothing is solved, and the marks are to be had in another way: 0 points.
FORGED = {
    "check-patched": "import resnet_gluon.exercises as e\nfrom types import SimpleNamespace as S\n"
                     "e.check = check = lambda *a, **k: S(passed=True, findings=())",
    "result-patched": "from resnet_gluon.exercises.judge.findings import Result\n"
                      "Result.passed = property(lambda self: True)",
    "report-patched": "from resnet_gluon.exercises.judge.report import Report\nReport.find = lambda *a, **k: None\n"
                      "Report.found = lambda *a, **k: False",
    "input-transformer": "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
    "ast-transformer": "import ast\nclass T(ast.NodeTransformer):\n"
                       "    def visit_Assert(self, node): return ast.Pass()\n"
                       "get_ipython().ast_transformers.append(T())",
    "package-class": "import resnet_gluon\nMyResidual = resnet_gluon.Residual\nMyPlain = resnet_gluon.Residual",
    "package-derived": "import resnet_gluon\nclass MyResidual(resnet_gluon.Residual): pass",
    "package-inside": "import resnet_gluon\ndef MyResidual(*a, **k): return resnet_gluon.Residual(*a, **k)",
    "true-everywhere": "class Yes:\n    def __eq__(self, o): return True\n"
                       "    def __call__(self, *a, **k): return self\n"
                       "    def __getattr__(self, n): return self\n    def __float__(self): return 1.0\n"
                       "MyResidual = MyPlain = parameters = Yes()",
    "close-patched": "import numpy\nnumpy.allclose = lambda *a, **k: True\nnumpy.array_equal = lambda *a, **k: True",
    "exit-0": "import os; os._exit(0)",
    "stop-raised": "from resnet_gluon.exercises.judge.report import Stop\ndef parameters(*a): raise Stop()\n"
                   "def MyPlain(*a, **k): raise Stop()\nMyResidual = MyPlain",
    "solution-by-proc": "import glob, re\n"
                        "for path in [*glob.glob('/proc/*/cmdline'), *glob.glob('/proc/*/root/*/*/grading/*/*/*')]:\n"
                        "    try: text = open(path, errors='replace').read()\n    except OSError: continue\n"
                        "    found = re.search('BEGIN SOLUTION', text)\n    if found: print(text)",
    "answer-pipe": "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'\\x00' * 8 + b'{\"passed\": true}')\n"
                   "    except OSError: pass",
    "answer-pipe-text": "import os, json, struct\n"
                        "text = json.dumps({'content': {'number': 1, 'value': True}, 'arrays': []}).encode()\n"
                        "for fd in range(3, 64):\n    try: os.write(fd, struct.pack('<Q', len(text)) + text)\n"
                        "    except OSError: pass",
    "main-patched": "import sys\nfor name, module in list(sys.modules.items()):\n    if 'exercises' in name:\n"
                    "        for key in {'judge', 'run', 'check', 'ask'} & set(dir(module)):\n"
                    "            setattr(module, key, lambda *a, **k: True)",
}
#: Everything is solved, and honest habits get in the way of nothing: full marks.
HABITS = {"reset": "%reset -f", "box": "BOX = ''", "magics": "%matplotlib inline\n%time x = 1", "shell": "!ls",
          "prints": "print('x' * 10 ** 6)", "raises": "raise RuntimeError('forgotten')", "help": "len?",
          "warns": "import warnings, sys\nwarnings.warn('w'); print('e', file=sys.stderr)"}


