"""The requests of hostile.sh."""

import argparse
import collections
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
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
# What exiftool tells of a picture that has nothing but pixels: of the file around it, and by the name of each tag what its
# format needs in order to be shown.
AROUND = {"ExifTool", "System", "File", "Composite"}
SHOWN = {
    "JFIF": {"JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"},
    "PNG": {"ImageWidth", "ImageHeight", "BitDepth", "ColorType", "Compression", "Filter", "Interlace", "Palette", "Transparency"},
    "GIF": {"GIFVersion", "ImageWidth", "ImageHeight", "HasColorMap", "ColorResolutionDepth", "BitsPerPixel", "BackgroundColor",
            "AnimationIterations", "FrameCount", "Duration", "PixelAspectRatio", "TransparentColor"},
    "RIFF": {"VP8Version", "ImageWidth", "ImageHeight", "HorizontalScale", "VerticalScale", "WebP_Flags", "AlphaPreprocessing",
             "AlphaFiltering", "AlphaCompression", "AlphaIsUsed", "VP8LVersion", "BackgroundColor", "AnimationLoopCount",
             "FrameCount", "Duration"},
}


class Run:
    def __init__(self, given):
        self.given = given
        self.statuses = collections.Counter()
        self.faults = []
        self.slowest = (0.0, "nothing")
        self.made = tempfile.TemporaryDirectory()

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
                size = address.rsplit("/", 1)[1]
                given, picture = self.ask(f"{name} as {size}", urllib.request.Request(address))
                if given == 200:
                    kept = f"{hashlib.sha256(picture).hexdigest()[:16]}-of-{name[:80]}-{size}"
                    pathlib.Path(self.made.name, kept).write_bytes(picture)
        return status

    def look_for_metadata(self):
        """Has exiftool read every size that was made: nothing of what cameras and people wrote into a file comes out."""
        if not shutil.which("exiftool"):
            print("exiftool is missing (libimage-exiftool-perl): nobody looked for metadata")
            if os.environ.get("CI") == "true":
                self.faults.append("exiftool is missing")
            return
        command = ["exiftool", "-r", "-json", "-G1", "-a", "-u", self.made.name]
        # It ends with 1 when it has a warning about a file, which is told of that file too.
        said = subprocess.run(command, capture_output=True, check=False).stdout
        files, leaks = json.loads(said), 0
        for file in files:
            tags = [tag.split(":", 1) for tag in file if ":" in tag]
            found = [f"{group}:{tag}" for group, tag in tags if group not in AROUND and tag not in SHOWN.get(group, ())]
            # A comment, and what hangs on the end, are told as of the file itself.
            found += [f"{group}:{tag}" for group, tag in tags if tag in ("Comment", "Warning", "Error", "Trailer")]
            if found:
                leaks += 1
                self.faults.append(f"{pathlib.Path(file['SourceFile']).name} has {', '.join(found[:5])}")
        print(f"exiftool found something else than pixels in {leaks} of {len(files)} renditions")
        if not files:
            self.faults.append("exiftool was given no rendition")

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
    run.look_for_metadata()
    print(f"{len(files)} pictures, each in three ways; answers: {dict(sorted(run.statuses.items()))}")
    print(f"the slowest answer took {run.slowest[0]:.2f} s: {run.slowest[1]}")
    print(f"memory: {base} MiB at first, {highest} MiB at most")
    if highest > run.given.mib:
        run.faults.append(f"{highest} MiB of memory")
    if run.faults:
        print("\n".join(run.faults[:50]))
        raise SystemExit(f"{len(run.faults)} faults")


main()
