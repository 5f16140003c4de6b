"""`attack`: what a loader makes of a file, tried in a process that may be killed."""
import json
import selectors
import subprocess
import sys
from pathlib import Path

import loaders
import pytest

SECONDS = 10  # no attack may take longer; honest files of these sizes take a hundredth


class Worker:
    """worker.py, started anew whenever an attack has ended it."""
    process = None

    def line(self, seconds):
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.process.stdout, selectors.EVENT_READ)
            return self.process.stdout.readline() if waiting.select(seconds) else None

    def ask(self, loader, path):
        if self.process is None:
            self.process = subprocess.Popen([sys.executable, Path(__file__).with_name("worker.py")], text=True,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert self.line(120) == "ready\n"
        self.process.stdin.write(f"{loader}\t{path}\n")
        self.process.stdin.flush()
        answer = self.line(SECONDS)
        if answer:
            return json.loads(answer)
        if answer is None:
            self.process.kill()
        status = self.end()
        return {"error": f"no end within {SECONDS} s" if answer is None else f"the process ended ({status})",
                "named": False, "message": ""}

    def end(self):
        process, self.process = self.process, None
        if process is None:
            return None
        process.stdin.close()
        process.stdout.close()
        return process.wait(30)


def pytest_collection_modifyitems(items):
    """Attacks take seconds: `make quick` leaves them out."""
    for item in items:
        here = Path(__file__).parent in Path(str(item.fspath)).parents
        if here and {"worker", "mirror"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def worker():
    found = Worker()
    yield found
    found.end()


@pytest.fixture
def attack(worker, tmp_path):
    """Writes what is to be read (bytes, or a function that makes something at a path) and returns the refusal."""
    def attempt(loader, content):
        file, asked = loaders.place(loader, tmp_path)
        if callable(content):
            content(file)
        else:
            file.write_bytes(content)
        outcome = worker.ask(loader, asked)
        assert outcome["named"], f"{outcome['error']}: {outcome['message']}"
        message = outcome["message"]
        assert file.name in message and len(message) < 600, message
        assert "emory" not in message, f"refused for want of memory only: {message}"
        return message
    return attempt
