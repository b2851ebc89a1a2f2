"""Runs schemathesis over both documents of a running server, as several callers, and counts the cases that were sent.
Fails when a check fails, when fewer cases than wanted were sent, or when a credential no longer works at the end."""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
# A failure may hold a long address or body; the whole of it stays in the folder of reports.
SHOWN_CHARS = 3000


def arguments():
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--site", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--reports", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--cases", type=int, default=1000, help="how many cases are sent at least (1,000)")
    parser.add_argument("--seed", help="a number to repeat a run, or `random` (1)", default="1")
    return parser.parse_args()


class Runs:
    def __init__(self, options, seed):
        self.site, self.reports, self.seed = options.site, options.reports, seed
        self.failed = False
        self.sent = 0
        # Long runs send every case of the coverage phase; short ones some.
        self.long = options.cases > 2000

    def run(self, name, document, token, phases, examples, repeat=0, session=None):
        """One run of schemathesis; true when all checks passed."""
        label = name.replace(" ", "-") + (f"-{repeat}" if repeat else "")
        report = self.reports / f"{label}.ndjson"
        environment = dict(os.environ, MASTHEAD_FUZZ_SITE=self.site, MASTHEAD_FUZZ_SEED=str(self.seed + repeat),
                           MASTHEAD_FUZZ_TOKEN=os.environ.get(f"TOKEN_{token.upper()}", "") if token else "",
                           MASTHEAD_FUZZ_KEEPER=os.environ["TOKEN_KEEPER"], PYTHONPATH=str(HERE),
                           SCHEMATHESIS_HOOKS="hooks", PYTHONDONTWRITEBYTECODE="1")
        if not self.long:
            environment.update(MASTHEAD_FUZZ_FIRST="0.25", MASTHEAD_FUZZ_SHARE="0.01")
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "--no-color", "run",
                   self.site + document, "--seed", str(self.seed + repeat), "--phases", phases,
                   "--max-examples", str(examples), "--continue-on-failure", "--request-timeout", "60",
                   "--report", "ndjson", "--report-ndjson-path", str(report)]
        if environment["MASTHEAD_FUZZ_TOKEN"]:
            command += ["--header", "Authorization: Bearer " + environment["MASTHEAD_FUZZ_TOKEN"]]
        if session:
            environment["MASTHEAD_FUZZ_COOKIE"], environment["MASTHEAD_FUZZ_SESSION"] = session
            command += ["--exclude-checks", "ignored_auth"]
        if phases == "stateful":
            environment["MASTHEAD_FUZZ_LOCALES"] = "en"
        began = time.monotonic()
        done = subprocess.run(command, env=environment, cwd=self.reports, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        (self.reports / f"{label}.txt").write_text(done.stdout)
        statuses = count(report)
        sent = sum(statuses.values())
        self.sent += sent
        by_class = ", ".join(f"{number} {kind}xx" for kind, number in sorted(statuses.items()))
        print(f"  {name:18} {sent:6} cases in {time.monotonic() - began:5.1f} s: {by_class}", flush=True)
        if done.returncode != 0:
            self.failed = True
            for line in done.stdout.splitlines():
                print(line if len(line) <= SHOWN_CHARS else line[:SHOWN_CHARS] + "... (cut)")
        return sent


def count(report):
    """How many requests of cases were answered, by the first digit of the status."""
    statuses = {}
    if not report.exists():
        return statuses
    with report.open() as lines:
        for line in lines:
            recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder") or {}
            for interaction in recorder.get("interactions", {}).values():
                if interaction.get("response"):
                    kind = interaction["response"]["status_code"] // 100
                    statuses[kind] = statuses.get(kind, 0) + 1
    return statuses


def logged_in(site):
    """The cookie and the id of a new session of an administrator."""
    import requests
    body = {"email": "fuzz-browser@example.org", "password": os.environ["BROWSER_PASSWORD"]}
    answer = requests.post(f"{site}/admin/v1/session", json=body, timeout=60)
    answer.raise_for_status()
    return answer.headers["Set-Cookie"].split(";")[0], answer.json()["session"]


def operations(site, document):
    import requests
    methods = {"get", "put", "post", "patch", "delete"}
    paths = requests.get(site + document, timeout=60).json()["paths"].values()
    return sum(len(methods & set(item)) for item in paths)


def no_longer_good(site, cookie):
    """The names of the credentials that no longer work."""
    import requests
    named = {name: {"Authorization": "Bearer " + os.environ[f"TOKEN_{name}"]} for name in ("ADMIN", "EDITOR", "AUTHOR", "KEEPER")}
    named["SESSION"] = {"Cookie": cookie}
    path = f"{site}/admin/v1/pages?limit=1"
    return [name for name, headers in named.items() if requests.get(path, headers=headers, timeout=60).status_code != 200]


def main():
    options = arguments()
    seed = random.SystemRandom().randrange(1, 2**31) if options.seed == "random" else int(options.seed)
    runs = Runs(options, seed)
    read, admin = operations(options.site, "/openapi.json"), operations(options.site, "/admin/openapi.json")
    print(f"fuzzing {read} operations of the read API and {admin} of the admin API, seed {seed}", flush=True)
    share = options.cases / 100
    session = logged_in(options.site)

    def each(percent, of):
        return max(2, round(percent * share / of))

    runs.run("read, anonymous", "/openapi.json", None, "examples,coverage,fuzzing", each(10, read))
    runs.run("read, editor", "/openapi.json", "editor", "examples,coverage,fuzzing", each(10, read))
    runs.run("admin, admin", "/admin/openapi.json", "admin", "examples,coverage,fuzzing", each(30, admin))
    runs.run("admin, sequences", "/admin/openapi.json", "admin", "stateful", each(20, 10))
    # The examples of the document are sent once, unless there is time.
    others = "examples,fuzzing" if runs.long else "fuzzing"
    runs.run("admin, session", "/admin/openapi.json", None, others, each(12, admin), session=session)
    runs.run("admin, author", "/admin/openapi.json", "author", others, each(12, admin))
    runs.run("admin, anonymous", "/admin/openapi.json", None, others, each(12, admin))
    repeat = 1
    # Never for ever: a server that answers nothing must not keep this going.
    while runs.sent < options.cases and not runs.failed and repeat <= 20:
        runs.run("admin, admin", "/admin/openapi.json", "admin", "fuzzing", each(40, admin), repeat)
        repeat += 1

    dead = no_longer_good(options.site, session[0])
    print(f"fuzz: {runs.sent} cases sent, seed {seed}")
    if dead:
        print(f"The run ended its own credentials ({', '.join(dead)}): what came after tested nothing.", file=sys.stderr)
    if runs.sent < options.cases:
        print(f"Fewer cases than the {options.cases} that are wanted.", file=sys.stderr)
    if runs.failed:
        print(f"A check failed; the requests stand above, the reports in {options.reports}. To repeat:\n"
              f"  make fuzz ARGS='--seed {seed} --cases {options.cases}'", file=sys.stderr)
    return 1 if runs.failed or dead or runs.sent < options.cases else 0


if __name__ == "__main__":
    sys.exit(main())
