"""One process of a fuzzing run: LOADER FOLDER INPUTS SECONDS SEED. tools/fuzz.py starts it, and anew after a crash.

With atheris, libFuzzer chooses the inputs by the branches that they reach. Without it, a loop here mutates them, and
keeps those that reach new lines. Either way `state` in FOLDER counts, `current` is the input being read, and each has
SECONDS_EACH and MEMORY.
"""
import contextlib
import dis
import faulthandler
import inspect
import mmap
import os
import random
import resource
import shutil
import struct
import sys
import time
from pathlib import Path

SECONDS_EACH, MEMORY = 10, 1 << 30  # bytes beyond what the process has before the first input
LONGEST = 20_000  # bytes of an input
STATE = struct.Struct("<qqddq")  # inputs, how many were read, the slowest one's seconds, when it ends, memory in KiB
WORDS = [b"\0", b"\xff", b"\xff\xff\xff\xff", b"\xff\xff\xff\xff\xff\xff\xff\x7f", b"\0\0\0\x80", b"(", b"t", b"e",
         b".", b"q\0h\0\x86", b"\x85" * 200, b"[" * 200, b"9" * 30, b"-1", b",", b":", b"PK\1\2", b"1,"]


class Reader:
    """Reads inputs, one after another, and counts them."""

    def __init__(self, name, attempt, folder, inputs, seconds):
        self.name, self.attempt, self.folder, self.most = name, attempt, folder, inputs
        self.place = folder / "read"
        self.place.mkdir(exist_ok=True)
        with open(folder / "state", "r+b") as stream:
            self.state = mmap.mmap(stream.fileno(), STATE.size)
        self.done, self.good, self.slowest, end, self.memory = STATE.unpack(self.state[:])
        self.end = end or time.time() + seconds
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        self.first = peak()

    @property
    def over(self):
        return self.done >= self.most or time.time() > self.end

    def read(self, content):
        (self.folder / "current").write_bytes(content)
        start = time.monotonic()
        faulthandler.dump_traceback_later(SECONDS_EACH, exit=True)
        self.done += 1
        try:
            self.good += self.attempt(self.name, content, self.place)
        finally:
            faulthandler.cancel_dump_traceback_later()
            self.slowest = max(self.slowest, time.monotonic() - start)
            self.memory = max(self.memory, peak() - self.first)
            self.state[:] = STATE.pack(self.done, self.good, self.slowest, self.end, self.memory)


def peak():
    """The most memory that the process has had, in KiB."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])


def bound():
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def mutated(pool, chance):
    """One of the inputs, changed in a few places."""
    content = bytearray(chance.choice(pool))
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        at, length = chance.randrange(len(content) + 1), chance.choice((1, 1, 2, 4, 16, 100))
        what = chance.randrange(6)
        if what == 0 and at < len(content):
            content[at] = chance.randrange(256)
        elif what == 1:
            del content[at:at + length]
        elif what == 2:
            content[at:at] = content[at:at + length] * chance.choice((1, 1, 3, 50))
        elif what == 3:
            word = chance.choice(WORDS)
            content[at:at + len(word) * chance.randrange(2)] = word
        elif what == 4:
            other = chance.choice(pool)
            start = chance.randrange(len(other) + 1)
            content[at:at + length * chance.randrange(2)] = other[start:start + length]
        elif at < len(content):
            content[at] ^= 1 << chance.randrange(8)
    return bytes(content[:LONGEST])


class Lines:
    """Within it, the lines that are run in some modules: {(file, number)}."""

    def __init__(self, files):
        self.files, self.seen = files, set()

    def trace(self, frame, event, _):
        if frame.f_code.co_filename not in self.files:
            return None
        self.seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self.trace

    def __enter__(self):
        sys.settrace(self.trace)
        return self

    def __exit__(self, *_):
        sys.settrace(None)


def loop(reader, corpus, files, seed):
    """Mutate and read until there is no more to do, keeping in the corpus what reaches new lines."""
    chance, pool, lines = random.Random(seed), [], Lines(files)
    waiting = [file.read_bytes() for file in sorted(corpus.iterdir())]
    while not reader.over:
        content, before = waiting.pop() if waiting else mutated(pool, chance), len(lines.seen)
        with lines:
            reader.read(content)
        if len(lines.seen) > before or len(pool) < 3:
            pool.append(content)
            (corpus / f"{seed}-{reader.done}").write_bytes(content)


def functions_of(files):
    """The lines of every function in these files: a list of {(file, number)}."""
    found = []
    for file in files:
        waiting = [compile(Path(file).read_text(encoding="utf8"), file, "exec")]
        while waiting:
            code = waiting.pop()
            waiting += [inner for inner in code.co_consts if hasattr(inner, "co_code")]
            if code.co_flags & inspect.CO_NEWLOCALS:
                starts = {line for _, line in dis.findlinestarts(code)} - {None, code.co_firstlineno}
                found.append({(file, line) for line in starts})
    return found


def coverage(name, attempt, corpus, place, files):
    """How many lines it runs on all of the corpus, of how many, in the functions that the committed corpus enters."""
    begun, lines, start = Lines(files), Lines(files), Path(__file__).with_name("corpus") / name
    for seen, folder in ((begun, start), (lines, corpus)):
        with seen:
            for file in folder.iterdir():
                with contextlib.suppress(Exception):
                    attempt(name, file.read_bytes(), place)
    every = set().union(*(function for function in functions_of(files) if function & begun.seen))
    return len(lines.seen & every), len(every), sorted((Path(file).name, line) for file, line in every - lines.seen)


def short(folder, seconds):
    """A little of it in this process: `seconds` for each loader, with the loop here. Prints what was done."""
    import targets
    bound()
    for name, target in targets.TARGETS.items():
        place = Path(folder, name)
        shutil.copytree(Path(__file__).with_name("corpus") / name, place / "corpus")
        (place / "state").write_bytes(bytes(STATE.size))
        reader = Reader(name, targets.attempt, place, 10 ** 6, float(seconds))
        loop(reader, place / "corpus", files_of(target), 0)
        print(name, reader.done, reader.good, round(reader.slowest, 2), reader.memory, flush=True)


def files_of(target):
    """The files of a loader."""
    import resnet_gluon
    package = Path(resnet_gluon.__file__).parent
    return {str(package / (module.replace(".", "/") + ".py")) for module in target.modules}


def main(name, folder, inputs, seconds, seed):
    folder, engine = Path(folder), None
    with contextlib.suppress(ImportError):
        import atheris as engine
    with engine.instrument_imports(include=["resnet_gluon"]) if engine else contextlib.nullcontext():
        import resnet_gluon

        import targets
    files = {str(Path(resnet_gluon.__file__).parent / (module.replace(".", "/") + ".py"))
             for module in targets.TARGETS[name].modules}
    reader = Reader(name, targets.attempt, folder, int(inputs), float(seconds))
    if int(inputs) == 0:
        print(*coverage(name, targets.attempt, folder / "corpus", reader.place, files))
        return
    bound()
    if engine is None:
        loop(reader, folder / "corpus", files, int(seed))
        return

    def one_input(content):
        if reader.over:
            os._exit(0)
        reader.read(content)
    words = "\n".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"' for word in WORDS)
    (folder / "words").write_text(words + "\n")
    engine.Setup([sys.argv[0], str(folder / "corpus"), f"-seed={int(seed) + 1}", f"-max_len={LONGEST}", "-verbosity=0",
                  f"-artifact_prefix={folder}/crash-", "-rss_limit_mb=0", "-timeout=60", "-len_control=0",
                  f"-dict={folder}/words"], one_input)
    engine.Fuzz()


if __name__ == "__main__":
    short(*sys.argv[2:]) if sys.argv[1] == "short" else main(*sys.argv[1:])
