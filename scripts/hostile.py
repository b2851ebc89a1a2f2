"""The requests of hostile.sh."""

import argparse
import collections
import pathlib
import re
import time
import urllib.error
import urllib.request

from lib.bombs import bombs

ARGUMENTS = argparse.ArgumentParser()
ARGUMENTS.add_argument("--site")
ARGUMENTS.add_argument("--token")
ARGUMENTS.add_argument("--pid", type=int)
ARGUMENTS.add_argument("--pictures", type=pathlib.Path)
ARGUMENTS.add_argument("--seconds", type=float)
ARGUMENTS.add_argument("--mib", type=int)
KINDS = {".png", ".jpg", ".jpeg", ".jfif", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".psd", ".ico", ".icns", ".jp2", ".j2k",
         ".tga", ".ppm", ".pcx", ".sgi", ".fli", ".flc", ".eps", ".dds", ".mpo", ".heic", ".avif", ".blp", ".svg"}
BOUNDARY = "a-boundary-that-no-picture-has"


class Run:
    def __init__(self, given):
        self.given = given
        self.statuses = collections.Counter()
        self.faults = []
        self.slowest = (0.0, "nothing")

    def ask(self, what, request):
        request.add_header("Authorization", f"Bearer {self.given.token}")
        begun = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        took = time.monotonic() - begun
        self.slowest = max(self.slowest, (took, what))
        self.statuses[status] += 1
        if status >= 500:
            self.faults.append(f"{what}: {status} {body[:200]!r}")
        if took > self.given.seconds:
            self.faults.append(f"{what}: {took:.1f} s")
        return status, body

    def upload(self, name, content):
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = head.encode() + b"Content-Type: image/png\r\n\r\n" + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        request = urllib.request.Request(f"{self.given.site}/admin/v1/media", data=body)
        request.add_header("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        status, answer = self.ask(f"upload of {name}", request)
        if status < 300 and b'"uploaded":1' in answer:
            for address in sorted(set(re.findall(r'https?://[^"\s]+/media/[^"\s]+', answer.decode()))):
                self.ask(f"{name} as {address.rsplit('/', 1)[1]}", urllib.request.Request(address))
        return status

    def bomb(self, name, content, refused):
        """Uploads one by itself, so that what it costs can be told."""
        before, self.slowest = self.slowest, (0.0, name)
        status = self.upload(name, content)
        print(f"  {name:44} {len(content):12,} bytes: {status}, at most {self.slowest[0]:.2f} s; {self.memory()} MiB so far")
        self.slowest = max(before, self.slowest)
        if refused and status not in (413, 415, 422):
            self.faults.append(f"{name} was not refused: {status}")

    def memory(self):
        status = pathlib.Path(f"/proc/{self.given.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024


def main():
    run = Run(ARGUMENTS.parse_args())
    base = run.memory()
    print("bombs:")
    for bomb in bombs():
        run.bomb(*bomb)
    files = sorted(path for path in run.given.pictures.rglob("*")
                   if path.is_file() and (path.suffix.lower() in KINDS or "crash" in path.name or "timeout" in path.name))
    if len(files) < 500:
        raise SystemExit(f"only {len(files)} pictures: the source packages are not what they were")
    for path in files:
        content = path.read_bytes()
        name = re.sub(r'[^A-Za-z0-9._-]', "_", path.name)
        run.upload(name, content)
        run.upload(f"half-of-{name}", content[: len(content) // 2])
        run.upload(f"{name}.jpg.php", content)
    highest = run.memory()
    print(f"{len(files)} pictures, each in three ways; answers: {dict(sorted(run.statuses.items()))}")
    print(f"the slowest answer took {run.slowest[0]:.2f} s: {run.slowest[1]}")
    print(f"memory: {base} MiB at first, {highest} MiB at most")
    if highest > run.given.mib:
        run.faults.append(f"{highest} MiB of memory")
    if run.faults:
        print("\n".join(run.faults[:50]))
        raise SystemExit(f"{len(run.faults)} faults")


main()
