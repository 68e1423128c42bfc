"""A folder served as a web host serves it: compressed, with 404.html for what is not
there."""

import functools
import gzip
import http.server
import threading
from contextlib import contextmanager
from pathlib import Path

COMPRESSED = {
    ".css",
    ".html",
    ".ipynb",
    ".js",
    ".json",
    ".mjs",
    ".py",
    ".svg",
    ".txt",
    ".xml",
}

# (port, path, bytes of the body) of every answer; a browser's own count leaves out what
# workers load
sent = []


@functools.cache
def compressed(path, changed):
    """The file's bytes, gzip at its usual level. changed: its time, so that a new file
    is read anew."""
    return gzip.compress(Path(path).read_bytes(), 6, mtime=0)


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = (
        True  # else a body waits 40 ms for the browser's word that it has the head
    )

    def log_message(self, *arguments):
        pass

    def send_head(self):
        path = Path(self.translate_path(self.path))
        path = (
            path / "index.html"
            if path.is_dir() and self.path.partition("?")[0].endswith("/")
            else path
        )
        if (
            path.suffix not in COMPRESSED
            or not path.is_file()
            or "gzip" not in self.headers.get("Accept-Encoding", "")
        ):
            sent.append(
                (
                    self.server.server_port,
                    self.path[1:],
                    path.stat().st_size if path.is_file() else 0,
                )
            )
            return super().send_head()
        body = compressed(path, path.stat().st_mtime_ns)
        sent.append((self.server.server_port, self.path[1:], len(body)))
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.command == "GET" else b"")
        return None

    def send_error(self, code, message=None, explain=None):
        missing = Path(self.directory, "404.html")
        if code != 404 or not missing.exists():
            return super().send_error(code, message, explain)
        body = missing.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        """Nothing: a browser closes connections as it likes."""


@contextmanager
def served(folder):
    """The address of the folder, served on this machine."""
    server = Server(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
