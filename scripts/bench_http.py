"""The two halves of bench-http.sh: a page of about 12 KB is published and its JSON saved for nginx; then both are asked."""

import argparse
import json
import pathlib
import re
import socket
import statistics
import subprocess
import urllib.request

ARGUMENTS = argparse.ArgumentParser()
ARGUMENTS.add_argument("--site")
ARGUMENTS.add_argument("--token")
ARGUMENTS.add_argument("--home", type=pathlib.Path)
ARGUMENTS.add_argument("--rounds", type=int, default=5)
ARGUMENTS.add_argument("--seconds", type=int, default=4)
ARGUMENTS.add_argument("--clients", type=int, default=64)
ARGUMENTS.add_argument("step", choices=["prepare", "measure"])
BYTES = 12_000


def ask(address, headers=None, body=None):
    request = urllib.request.Request(address, headers=headers or {})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return answer.read(), answer.headers


def publish(site, token, paragraphs):
    words = "The lanterns of the alliance are carried from school to school, and each carries a story of its own. "
    blocks = [{"type": "rich_text", "markdown": words * 4} for _ in range(paragraphs)]
    draft = {"body": {"title": "Twelve kilobytes", "slug": f"page-{paragraphs}", "blocks": blocks}}
    head = {"Authorization": f"Bearer {token}"}
    text, headers = ask(f"{site}/admin/v1/pages", head, draft)
    entry = json.loads(text)["id"]
    action = f"{site}/admin/v1/documents/{entry}/publish"
    ask(action, {**head, "If-Match": headers["ETag"]}, {"revision": 1})
    return f"/v1/pages/{entry}"


def prepare(given):
    # As many paragraphs as come nearest to the size that is wanted.
    one, _ = ask(given.site + publish(given.site, given.token, 1))
    two, _ = ask(given.site + publish(given.site, given.token, 2))
    each = len(two) - len(one)
    path = publish(given.site, given.token, round((BYTES - len(one)) / each) + 1)
    body, _ = ask(given.site + path)
    folder = given.home / "www"
    folder.mkdir()
    (folder / "page.json").write_bytes(body)
    (given.home / "path").write_text(path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        (given.home / "port").write_text(str(free.getsockname()[1]))
    print(f"{len(body)} bytes of JSON")


def load(address, given, tag=None):
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{given.clients}", f"-d{given.seconds}s", "--latency"]
    if tag:
        command += ["-H", f"If-None-Match: {tag}"]
    said = subprocess.run(command + [address], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said and not tag or "Socket errors" in said:
        raise SystemExit(f"not every answer is good:\n{said}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def status(address, tag):
    try:
        ask(address, {"If-None-Match": tag})
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def measure(given):
    path, port = (given.home / "path").read_text(), (given.home / "port").read_text()
    addresses = {"masthead": given.site + path, "nginx": f"http://127.0.0.1:{port}/page.json"}
    tags = {name: ask(address)[1]["ETag"] for name, address in addresses.items()}
    for name, address in addresses.items():
        if status(address, tags[name]) != 304:
            raise SystemExit(f"{name} does not answer 304")
        load(address, argparse.Namespace(clients=given.clients, seconds=1))
    for what in ["body", "304"]:
        rates, slowest = {name: [] for name in addresses}, {name: [] for name in addresses}
        for turn in range(given.rounds):
            for name in sorted(addresses, reverse=turn % 2 == 1):
                rate, p99 = load(addresses[name], given, tags[name] if what == "304" else None)
                rates[name].append(rate)
                slowest[name].append(p99)
        ours, theirs = (statistics.median(rates[name]) for name in ["masthead", "nginx"])
        late, their_late = (statistics.median(slowest[name]) for name in ["masthead", "nginx"])
        print(
            f"{what:5} masthead {ours:8.0f}/s, nginx {theirs:8.0f}/s: {ours / theirs:.2f} of nginx; "
            f"p99 {late:.2f} ms and {their_late:.2f} ms: {late / their_late:.2f} times"
        )
    memory = pathlib.Path(f"/proc/{server(given)}/status").read_text()
    print("memory of masthead at most:", re.search(r"VmHWM:\s+(\d+)", memory)[1], "KiB")


def server(given):
    """The process that listens where Masthead does."""
    for status_file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = status_file.read_bytes()
        except OSError:
            continue
        if b"\0serve\0" in command and str(given.home).encode() in command:
            return status_file.parent.name
    raise SystemExit("the server is gone")


given = ARGUMENTS.parse_args()
prepare(given) if given.step == "prepare" else measure(given)
