"""Sends reads at a fixed rate, alone and then beside many uploads at once, and compares how long the reads took. See
upload-flood.sh."""

import argparse
import asyncio
import collections
import os
import pathlib
import random
import struct
import sys
import time
import zlib

from lib.reading import WARM_UP, compare, elsewhere, peak, percentile, reads, start

BOUNDARY = "a-boundary-that-no-file-has"
PIECE = 256 * 1024


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", required=True)
    parser.add_argument("--pid", required=True, type=int)
    parser.add_argument("--token", required=True)
    parser.add_argument("--uploads", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--reads", type=float, default=100)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--bytes", type=int, default=10_000_000)
    parser.add_argument("--times", type=float, default=2)
    parser.add_argument("--mib", type=int, default=512)
    return parser.parse_args()


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


class Files:
    """Files of about this length, each another one; all that they have in common is there once."""

    def __init__(self, length):
        side = int((length / 3) ** 0.5)
        noise = random.Random(1).randbytes(side * 3)
        # Other pixels in every line, so that no compression helps; stored, so that none is tried.
        lines = b"".join(b"\0" + noise[at:] + noise[:at] for at in (line * 37 % len(noise) for line in range(side)))
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        self.picture_head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
        self.pixels = chunk(b"IDAT", zlib.compress(lines, 0)) + chunk(b"IEND", b"")
        self.content = random.Random(2).randbytes(length)

    def parts(self, number):
        if number % 2:
            return "picture.png", [self.picture_head + chunk(b"tEXt", b"Title\0number %d" % number), self.pixels]
        return "document.pdf", [b"%%PDF-1.7\n%% number %d\n" % number, self.content]


async def upload(options, files, number):
    """The status of the answer and how long it took."""
    begun = time.monotonic()
    name, parts = files.parts(number)
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    parts = [head, *parts, tail]
    request = (f"POST /admin/v1/media HTTP/1.1\r\nHost: {options.site}\r\nAuthorization: Bearer {options.token}\r\n"
               f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nConnection: close\r\n"
               f"Content-Length: {sum(map(len, parts))}\r\n\r\n")
    host, port = options.site.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request.encode())
        for part in parts:
            for at in range(0, len(part), PIECE):
                writer.write(memoryview(part)[at:at + PIECE])
                await writer.drain()
        answer = await reader.read()
        return answer[9:12].decode() or "nothing", time.monotonic() - begun
    except OSError as error:
        return type(error).__name__, time.monotonic() - begun
    finally:
        writer.close()


async def uploads(options):
    """Wave after wave, while the reads that count are sent."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.nice(19)
    files, number, done = Files(options.bytes), 0, []
    await asyncio.sleep(WARM_UP / 2)
    until = time.monotonic() + options.seconds - WARM_UP
    while time.monotonic() < until:
        wave = [upload(options, files, number + nth) for nth in range(options.at_once)]
        number += options.at_once
        done += await asyncio.gather(*wave)
    return done


def left(options):
    """What lies in the folder of uploads: files that are being received, and blobs."""
    files = [path.relative_to(options.uploads).as_posix() for path in options.uploads.rglob("*") if path.is_file()]
    blobs = [name for name in files if name.startswith("blobs/")]
    return [name for name in files if name.startswith(".spool/")], blobs


def main():
    options = arguments()
    elsewhere()
    base, base_bad = asyncio.run(reads(options))
    before = peak(options.pid)
    _, sample = left(options)
    flood = start(uploads, options)
    under, bad = asyncio.run(reads(options))
    done = flood.get()
    statuses = collections.Counter(status for status, _ in done)
    took = sorted(took for _, took in done)
    print(f"{len(done)} uploads of {options.bytes:,} bytes, {options.at_once} at once: "
          + ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
          + f"; half within {percentile(took, 0.5) / 1000:.1f} s, all within {took[-1]:.1f} s")
    slower = compare(base, under)
    after = peak(options.pid)
    print(f"  most memory: {before:.0f} MiB before, {after:.0f} MiB after")
    halves, blobs = left(options)
    blobs = set(blobs) - set(sample)
    print(f"  files left half-way: {len(halves)}; blobs: {len(blobs)}")
    faults = []
    if bad or base_bad:
        faults.append(f"reads were not answered: {base_bad} {bad}")
    if set(statuses) != {"201"}:
        faults.append("not every upload was taken")
    if max(slower) > options.times:
        faults.append(f"reads are more than {options.times:g} times as slow")
    if after > options.mib:
        faults.append(f"more than {options.mib} MiB of memory")
    if halves or len(blobs) != len(done):
        faults.append(f"{len(done)} uploads left {len(blobs)} blobs and {len(halves)} other files")
    for fault in faults:
        print(f"  {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
