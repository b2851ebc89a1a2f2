"""Reads at a fixed rate, sent when they are due, whether earlier ones were answered or not; a time counts from when the
request was due. Beside them, in a process of its own, whatever a script wants to know the cost of."""

import asyncio
import collections
import multiprocessing
import os
import time

READS = ("/v1/pages", "/v1/resolve?path=/")
# The first seconds of each part are left out: connections are opened, and the database reads from disk.
WARM_UP = 3.0
PATIENCE = 30.0


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
    """The times that were taken, in order, and how often what else was answered than 200. Options: `site` (host and port),
    `reads` a second, `seconds`."""
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


def elsewhere():
    """Puts this process before all others where that is allowed (to root, on Linux), as if it had a machine of its own: what
    is measured is how long the server takes, and not how long this process waits for a core that the server or a flood has."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except (AttributeError, OSError):
        print("  (the reads wait for a core like everything else here, which counts as if the server took longer)")


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


def compare(base, under):
    """Prints how long the reads of two runs took, and gives by how much the second were slower, in the middle and at the end."""
    slower = []
    for name, share in (("half within", 0.5), ("99 in 100 within", 0.99)):
        one, other = percentile(base, share), percentile(under, share)
        slower.append(other / one)
        print(f"  reads, {name:17} {one:7.1f} ms alone, {other:7.1f} ms beside them: {other / one:.2f} times")
    return slower
