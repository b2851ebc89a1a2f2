"""The steps of bench-http.sh: a page of about 12 KB is published and its JSON saved for nginx; both are asked; many pages are read."""

import argparse
import http.client
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
ARGUMENTS.add_argument("--server", help="the process of Masthead")
ARGUMENTS.add_argument("--home", type=pathlib.Path)
ARGUMENTS.add_argument("--rounds", type=int, default=5)
ARGUMENTS.add_argument("--seconds", type=int, default=4)
ARGUMENTS.add_argument("--clients", type=int, default=64)
ARGUMENTS.add_argument("step", choices=["prepare", "export", "measure", "fill"])
BYTES = 12_000
PAGES = 10_000
WORDS = "The lanterns of the alliance are carried from school to school, and each carries a story of its own. "


def ask(address, headers=None, body=None):
    request = urllib.request.Request(address, headers=headers or {})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return answer.read(), answer.headers


def publish(site, token, paragraphs):
    blocks = [{"type": "rich_text", "markdown": WORDS * 4} for _ in range(paragraphs)]
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


def export(given):
    """Many pages as WordPress would export them, to be imported."""
    item = """<item><title>Page {0}</title><link>https://example.org/page-{0}/</link><dc:creator>bench</dc:creator>
<content:encoded><![CDATA[{1}]]></content:encoded><wp:post_id>{0}</wp:post_id><wp:post_date>2026-01-01 09:00:00</wp:post_date>
<wp:post_date_gmt>2026-01-01 09:00:00</wp:post_date_gmt><wp:post_name>page-{0}</wp:post_name><wp:status>publish</wp:status>
<wp:post_parent>0</wp:post_parent><wp:menu_order>0</wp:menu_order><wp:post_type>page</wp:post_type></item>"""
    with open(given.home / "export.xml", "w") as file:
        file.write("""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>Many pages</title><link>https://example.org</link><wp:wxr_version>1.2</wp:wxr_version>""")
        for nth in range(1, PAGES + 1):
            file.write(item.format(nth, f"<p>{WORDS * 4}</p>" * 12))
        file.write("</channel></rss>")


def fill(given):
    """Every page is read once, more than is kept; then what the process holds is printed."""
    path, pages = "/v1/pages?limit=100&fields=id", 0
    site = http.client.HTTPConnection(given.site.removeprefix("http://"))

    def read(path):
        site.request("GET", path)
        answer = site.getresponse()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
        return answer.read()

    while path:
        page = json.loads(read(path))
        for each in page["data"]:
            read(f"/v1/pages/{each['id']}")
            pages += 1
        after = page["page"]["next"]
        path = after and f"/v1/pages?limit=100&fields=id&after={after}"
    status = pathlib.Path(f"/proc/{given.server}/status").read_text()
    now, most = (int(re.search(rf"{name}:\s+(\d+)", status)[1]) // 1024 for name in ["VmRSS", "VmHWM"])
    print(f"{pages} pages read, a full cache: masthead holds {now} MiB, {most} MiB at most")


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
    memory = pathlib.Path(f"/proc/{given.server}/status").read_text()
    print("memory of masthead at most:", re.search(r"VmHWM:\s+(\d+)", memory)[1], "KiB")


given = ARGUMENTS.parse_args()
{"prepare": prepare, "export": export, "measure": measure, "fill": fill}[given.step](given)
