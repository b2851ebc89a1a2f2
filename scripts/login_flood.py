"""Sends reads at a fixed rate, alone and then beside wrong logins, and compares how long the reads took. Both are sent when
they are due, whether earlier ones were answered or not, and a time counts from when the request was due. See login-flood.sh."""

import argparse
import asyncio
import collections
import json
import multiprocessing
import random
import sys
import time

READS = ("/v1/pages", "/v1/resolve?path=/")
# The first seconds of each part are left out: connections are opened, and the database reads from disk.
WARM_UP = 3.0
PATIENCE = 30.0


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", required=True)
    parser.add_argument("--pid", required=True, type=int)
    parser.add_argument("--mode", required=True, choices=("spread", "one", "local", "hangup"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--reads", type=float, default=50)
    parser.add_argument("--logins", type=float, default=200)
    parser.add_argument("--times", type=float, default=2)
    return parser.parse_args()


class Connections:
    """Connections that are kept open and used again."""

    def __init__(self, site):
        self.host, port = site.rsplit(":", 1)
        self.port, self.free = int(port), []

    async def send(self, request, wait=True):
        """The status of the answer; None when nobody waits for it."""
        reader, writer = self.free.pop() if self.free and wait else await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(request)
            if not wait:
                await writer.drain()
                # Long enough for the server to have begun.
                await asyncio.sleep(0.005)
                writer.close()
                return None
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(length)
            if b"\r\nconnection: close" in head.lower():
                writer.close()
            else:
                self.free.append((reader, writer))
            return int(head[9:12])
        except BaseException:
            writer.close()
            raise


async def paced(rate, seconds, send):
    """Calls `send` with the number and the time at which it is due; gives what the calls gave."""
    begin, calls = time.monotonic() + 0.1, []
    for nth in range(int(rate * seconds)):
        due = begin + nth / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        calls.append(asyncio.create_task(send(nth, due)))
    return await asyncio.gather(*calls)


async def reads(options):
    connections = Connections(options.site)

    async def read(nth, due):
        path = READS[nth % len(READS)]
        request = f"GET {path} HTTP/1.1\r\nHost: {options.site}\r\n\r\n".encode()
        try:
            status = await asyncio.wait_for(connections.send(request), PATIENCE)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError) as error:
            status = type(error).__name__
        return status, time.monotonic() - due

    answers = await paced(options.reads, options.seconds, read)
    kept = answers[int(WARM_UP * options.reads):]
    bad = collections.Counter(status for status, _ in answers if status != 200)
    return sorted(took for _, took in kept), dict(bad)


async def logins(options):
    connections, chance = Connections(options.site), random.Random(1)
    host = options.site

    async def login(nth, _):
        # Another address and another account each time is the worst that can come: no limit has seen them before.
        headers = [f"Host: {host}", "Content-Type: application/json"]
        if options.mode != "local":
            octets = [chance.randrange(1, 255) for _ in range(3)]
            address = "198.51.100.7" if options.mode == "one" else "7.{}.{}.{}".format(*octets)
            headers += [f"X-Forwarded-For: {address}", "X-Forwarded-Proto: https"]
        body = json.dumps({"email": f"nobody-{nth}@example.org", "password": "never the right password"})
        headers.append(f"Content-Length: {len(body)}")
        request = "POST /admin/v1/session HTTP/1.1\r\n" + "\r\n".join(headers) + "\r\n\r\n" + body
        try:
            return await asyncio.wait_for(connections.send(request.encode(), options.mode != "hangup"), PATIENCE)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError) as error:
            return type(error).__name__

    # It begins before the reads that count, and ends after them.
    return dict(collections.Counter(await paced(options.logins, options.seconds + 2, login)))


def in_process(work, options, answers):
    answers.put(asyncio.run(work(options)))


def start(work, options):
    answers = multiprocessing.Queue()
    process = multiprocessing.Process(target=in_process, args=(work, options, answers))
    process.start()
    return answers


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))] * 1000


def peak(pid):
    """The most memory that the process has had, in MiB."""
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def main():
    options = arguments()
    base, base_bad = asyncio.run(reads(options))
    before = peak(options.pid)
    flood = start(logins, options)
    under, bad = asyncio.run(reads(options))
    statuses = flood.get()
    print(f"{options.mode}: {sum(statuses.values())} wrong logins in {options.seconds + 2:.0f} s: "
          + ", ".join(f"{count} {status}" for status, count in sorted(statuses.items(), key=str)))
    slower = []
    for name, share in (("half within", 0.5), ("99 in 100 within", 0.99)):
        one, other = percentile(base, share), percentile(under, share)
        slower.append(other / one)
        print(f"  reads, {name:17} {one:7.1f} ms alone, {other:7.1f} ms beside them: {other / one:.2f} times")
    print(f"  most memory: {before:.0f} MiB before, {peak(options.pid):.0f} MiB after")
    faults = []
    if bad or base_bad:
        faults.append(f"reads were not answered: {base_bad} {bad}")
    if 201 in statuses:
        faults.append("a wrong login was let in")
    if max(slower) > options.times:
        faults.append(f"reads are more than {options.times:g} times as slow")
    for fault in faults:
        print(f"  {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
