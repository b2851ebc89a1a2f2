"""Sends reads at a fixed rate, alone and then beside wrong logins, and compares how long the reads took. See login-flood.sh."""

import argparse
import asyncio
import collections
import json
import random
import sys

from lib.reading import PATIENCE, Connections, compare, paced, peak, reads, start


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", required=True)
    parser.add_argument("--pid", required=True, type=int)
    parser.add_argument("--mode", required=True, choices=("spread", "one", "local", "hangup"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--reads", type=float, default=50)
    parser.add_argument("--logins", type=float, default=200)
    parser.add_argument("--times", type=float, default=2)
    parser.add_argument("--mib", type=int, default=512)
    return parser.parse_args()


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


def main():
    options = arguments()
    base, base_bad = asyncio.run(reads(options))
    before = peak(options.pid)
    flood = start(logins, options)
    under, bad = asyncio.run(reads(options))
    statuses = flood.get()
    print(f"{options.mode}: {sum(statuses.values())} wrong logins in {options.seconds + 2:.0f} s: "
          + ", ".join(f"{count} {status}" for status, count in sorted(statuses.items(), key=str)))
    slower = compare(base, under)
    after = peak(options.pid)
    print(f"  most memory: {before:.0f} MiB before, {after:.0f} MiB after")
    faults = []
    if bad or base_bad:
        faults.append(f"reads were not answered: {base_bad} {bad}")
    if 201 in statuses:
        faults.append("a wrong login was let in")
    if after > options.mib:
        faults.append(f"more than {options.mib} MiB of memory")
    if max(slower) > options.times:
        faults.append(f"reads are more than {options.times:g} times as slow")
    for fault in faults:
        print(f"  {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
