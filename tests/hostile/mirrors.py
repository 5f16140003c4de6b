"""Mirrors on this machine that flood, dribble, lie, or are honest."""
import http.server
import time
import zlib
from pathlib import Path

from resnet_gluon.data import fashion_mnist

NAMES = [name + ".gz" for name in fashion_mnist.FILES]
HONEST = {name: Path(fashion_mnist.SUBSET_FOLDER, name).read_bytes() for name in NAMES}


class Mirror(http.server.BaseHTTPRequestHandler):
    """Answers by the first part of the path; `asked` and `sent` say what was wanted and how many bytes went out."""
    protocol_version = "HTTP/1.0"

    def do_GET(self):
        _, kind, name = self.path.split("/")
        self.server.asked.append(self.path)
        try:
            getattr(self, kind)(name)
        except (BrokenPipeError, ConnectionResetError):
            self.server.broken.set()

    def log_message(self, *_):
        pass

    def reply(self, content=b"", length=None, **headers):
        self.send_response(200)
        headers["Content-Length"] = len(content) if length is None else length
        for name, value in headers.items():
            if value != "":
                self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def honest(self, name):
        self.reply(HONEST[name])

    def slow(self, name):
        time.sleep(0.3)
        self.reply(HONEST[name])

    def flood(self, name):
        self.reply(length="")
        while True:
            self.wfile.write(bytes(1 << 20))
            self.server.sent += 1 << 20

    def large(self, name):
        self.reply(length=10 ** 12)
        time.sleep(1)

    def dribble(self, name):
        self.reply(length=5000)
        while True:
            self.wfile.write(b"\x1f")
            self.wfile.flush()
            time.sleep(0.05)

    def heading(self, name):
        while True:
            self.wfile.write(b"H")
            self.wfile.flush()
            time.sleep(0.05)

    def silent(self, name):
        time.sleep(30)

    def bomb(self, name):
        """An encoding that would unfold while it is read."""
        self.reply(zlib.compress(bytes(10 ** 8)), Content_Encoding="deflate")

    def around(self, name):
        self.send_response(302)
        self.send_header("Location", self.path)
        self.end_headers()

    def short(self, name):
        self.reply(HONEST[name][:-1000], length=len(HONEST[name]))

    def missing(self, name):
        self.send_error(404)

    def swapped(self, name):
        """Right files under wrong names: training and test change places."""
        self.reply(HONEST[NAMES[(NAMES.index(name) + 2) % 4]])
