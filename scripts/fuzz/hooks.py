"""Makes the cases of schemathesis real: ids, versions, revisions and cursors of the running site go into cases that are
well-formed there, or most would end at 404 and 428. Takes its settings from the environment that run.py makes."""

import json
import os
import random
import re
import struct
import urllib.parse
import zlib

import requests
import schemathesis
from hypothesis import strategies
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoveragePhaseData
from schemathesis.transport.serialization import Binary

SITE = os.environ["MASTHEAD_FUZZ_SITE"]
# Who sends the cases: empty for nobody.
TOKEN = os.environ.get("MASTHEAD_FUZZ_TOKEN", "")
# Looks things up and is never under test.
KEEPER = os.environ["MASTHEAD_FUZZ_KEEPER"]
# Of the kinds of cases of the coverage phase, which share is sent, and of the second and later cases of a kind.
FIRST = float(os.environ.get("MASTHEAD_FUZZ_FIRST", "1"))
SHARE = float(os.environ.get("MASTHEAD_FUZZ_SHARE", "1"))
SEED = int(os.environ.get("MASTHEAD_FUZZ_SEED", "0"))
# The session that the cases are sent in, where it is one.
SESSION = os.environ.get("MASTHEAD_FUZZ_SESSION", "")
COOKIE = os.environ.get("MASTHEAD_FUZZ_COOKIE", "")
# The locales that cases read in; of those that follow each other, what one makes the next must find.
LOCALES = os.environ.get("MASTHEAD_FUZZ_LOCALES", "en en de").split()
# A user to whom anything may be done, and the password that stays theirs.
VICTIM, PASSWORD = "victim-1@example.org", "a long password of a victim"
COMING_IN = {"/admin/v1/session", "/admin/v1/links/redeem", "/admin/v1/password-resets"}
# What ends or changes the session that asks for it.
OWN_SESSION = {("DELETE", "/admin/v1/session"), ("PUT", "/admin/v1/me/password")}
# Every answer that may be sparse has these.
FIELDS = ["title", "title,image.alt", "image", "locale,updated_at,tags"]
FIELDS_OF_FEW = ["title", "locale", "title,locale"]
FIELDS_OF_PEOPLE = ["name", "name,portrait.alt", "links.url", "locale,updated_at,tags"]
KINDS = ["page", "page", "person", "user", "role", "history", "audit"]

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.I)
NOTHING = "00000000-0000-7000-8000-000000000000"
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
# Text above this is not generated.
LONGEST = 10_000
# Documents of every kind are found in the list of their kind.
LISTS = {"/admin/v1/documents": "/admin/v1/pages"}
# Fields of bodies and parameters that name an entry.
ENTRIES = {"id", "parent", "portrait", "after", "before", "subtree", "replacement"}
# Codes of errors that a schema can foretell.
DESCRIBABLE = {"required", "unknown", "wrong_type", "too_long", "too_many"}
BUILT_IN_ROLES = {"admin", "editor", "author", "reviewer", "viewer"}


def picture(shade):
    """A PNG of 8 x 8 pixels."""
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    lines = (b"\0" + bytes([shade]) * 8) * 8
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


# What a well-formed file is, no schema can say: it is one that is taken.
FILES = [picture(shade) for shade in range(0, 256, 32)] + [b"%%PDF-1.4\n%% %d\n%%%%EOF\n" % number for number in range(4)]
schemathesis.openapi.format("binary", strategies.sampled_from(FILES).map(Binary))


def session(token):
    made = requests.Session()
    if token:
        made.headers["Authorization"] = f"Bearer {token}"
    return made


class Site:
    """What there is on the site now."""

    def __init__(self):
        self.keeper = session(KEEPER)
        # Without a token of its own the run works on what the keeper makes.
        self.own = session(TOKEN or KEEPER)
        self.pages = []
        self.lists = {}
        self.made = 0
        self.protected = None

    def get(self, path, who=None):
        answer = (who or self.keeper).get(SITE + path, timeout=60)
        return answer if answer.status_code == 200 else None

    def list(self, path):
        """The items of a list, read again every 50 times; empty when it is no list."""
        used, items, cursors = self.lists.get(path, (50, [], []))
        if used >= 50:
            answer = self.get(path + "?limit=100")
            items = answer.json().get("data", []) if answer else []
            first = self.get(path + "?limit=1") if items else None
            page = first.json().get("page", {}) if first else {}
            used, cursors = 0, [page["next"]] if page.get("next") else []
        self.lists[path] = (used + 1, items, cursors)
        return items, cursors

    def page(self, chance):
        """An own page that is not in the trash, with its ETag and its state; every second is public."""
        while len(self.pages) < 6:
            self.made += 1
            body = {"title": f"A page of the run, {self.made}", "slug": f"run-{os.getpid()}-{self.made}", "blocks": []}
            made = self.own.post(f"{SITE}/admin/v1/pages", json={"body": body}, timeout=60)
            made.raise_for_status()
            entry = made.json()["id"]
            if self.made % 2:
                path = f"{SITE}/admin/v1/documents/{entry}/publish"
                self.keeper.post(path, json={"revision": 1}, headers={"If-Match": made.headers["ETag"]}, timeout=60)
            self.pages.append(entry)
        entry = chance.choice(self.pages)
        answer = self.get(f"/admin/v1/pages/{entry}")
        if answer and not answer.json().get("trashed_at"):
            return entry, answer.headers["ETag"], answer.json()
        self.pages.remove(entry)
        return self.page(chance)

    def working_copy(self, entry, state):
        """The ETag of the unsaved work of this run, which is begun when there is none."""
        path = f"/admin/v1/documents/{entry}/working-copy"
        answer = self.get(path, self.own)
        if not answer:
            start = {"base": state["revision"]["number"], "body": state["body"]}
            answer = self.own.put(SITE + path, json=start, headers={"If-None-Match": "*"}, timeout=60)
        return answer.headers.get("ETag", '"v1"')

    def came_in(self, chance):
        """A new session of the victim: its cookie and its id; none when the victim cannot come in now."""
        body = {"email": VICTIM, "password": PASSWORD}
        answer = requests.post(f"{SITE}/admin/v1/session", json=body, headers=elsewhere(chance), timeout=60)
        if answer.status_code != 201:
            return None
        return answer.headers["Set-Cookie"].split(";")[0], answer.json()["session"]

    def link(self):
        """The secret of a new link for a user, if one can be sent."""
        for user in self.list("/admin/v1/users")[0]:
            if user.get("email") == VICTIM:
                answer = self.keeper.post(f"{SITE}/admin/v1/users/{user['id']}/link", timeout=60)
                return answer.json()["link"].rpartition("=")[2] if answer.status_code == 200 else None
        return None

    def guard(self):
        """The ids and names of what the run lives on."""
        if self.protected is None:
            users = [user for user in self.list("/admin/v1/users")[0] if user.get("email", "").startswith("fuzz-")]
            tokens = [token for token in self.list("/admin/v1/tokens")[0] if token.get("name") == "fuzz"]
            roles = [role for role in self.list("/admin/v1/roles")[0] if role.get("name") in BUILT_IN_ROLES]
            self.protected = {item["id"] for item in users + tokens + roles if item.get("id")} | {SESSION} - {""}
        return self.protected


def elsewhere(chance):
    """The headers of a request that a proxy passes on from one of many addresses: wrong passwords are counted by them."""
    return {"X-Forwarded-For": f"198.18.{chance.randint(0, 255)}.{chance.randint(1, 254)}", "X-Forwarded-Proto": "https"}


site = Site()
kept = {}


def positive(case, location):
    return case.meta is None or not case.meta.is_negative_at(location)


def well_formed(case):
    return case.meta is None or case.meta.generation.mode.is_positive


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Exception 6: leaves out limits that are longer than a case can be."""
    waiting = [raw_schema.get("components", {}).get("schemas", {})]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if isinstance(part.get("maxLength"), int) and part["maxLength"] > LONGEST:
                del part["maxLength"]
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def untyped(case):
    """Exception 10: a form has no types, so what is no text in the place of one is the text that it is written as."""
    if case.media_type != "multipart/form-data" or well_formed(case) or not isinstance(case.body, dict):
        return False
    return any(name != "file" and not isinstance(value, (str, type(None))) for name, value in case.body.items())


def unread(case):
    """Exception 3: the address is longer than the 65,534 bytes that the HTTP parser takes, or nearly so."""
    parts = {**(case.path_parameters or {}), **(case.query or {})}
    return len(urllib.parse.urlencode(parts, doseq=True)) > 65_000


@schemathesis.hook
def filter_case(context, case):
    """Thins out the coverage phase of a short run, for each operation."""
    if untyped(case) or unread(case):
        return False
    data = case.meta.phase.data if case.meta else None
    if not isinstance(data, CoveragePhaseData):
        return True
    kind = (case.operation.label, str(data.scenario))
    kept[kind] = kept.get(kind, 0) + 1
    return random.Random(f"{SEED} {kind} {kept[kind]}").random() < (FIRST if kept[kind] == 1 else SHARE)


@schemathesis.hook
def before_call(context, case, kwargs):
    chance = random.Random(f"{SEED} {case.operation.label} {case.path_parameters} {case.query} {case.body!r}")
    entry, etag, state = site.page(chance)
    # Some stay as they were made.
    if chance.random() < 0.85:
        etag = real_values(case, chance, (entry, etag, state))
    if well_formed(case):
        of_this_site(case, chance)
        together(case, chance, etag)
    if SESSION:
        case.headers = {**(case.headers or {}), "Cookie": COOKIE, "Sec-Fetch-Site": "same-origin"}
    method = case.operation.method.upper()
    if method == "POST" and case.operation.path in COMING_IN:
        come_in(case, chance)
    elif SESSION and (method, case.operation.path) in OWN_SESSION:
        as_the_victim(case, chance)
    elif method not in SAFE:
        protect(case)


def come_in(case, chance):
    """Comes from many addresses, and often with what lets in."""
    case.headers = {**(case.headers or {}), **elsewhere(chance)}
    if not well_formed(case) or not isinstance(case.body, dict):
        return
    if case.operation.path == "/admin/v1/password-resets":
        # Each address may be asked for a few times only.
        case.body["email"] = f"nobody-{chance.randrange(2**40)}@example.org"
    elif chance.random() < 0.6:
        secret = site.link() if case.operation.path == "/admin/v1/links/redeem" else None
        case.body.update({"secret": secret, "password": PASSWORD} if secret else {"password": PASSWORD})
        if case.operation.path == "/admin/v1/session":
            case.body["email"] = VICTIM


def as_the_victim(case, chance):
    """What ends or changes the own session is done with another one, or the rest of the run would be a row of 401."""
    came = site.came_in(chance)
    cookie = came[0].replace("__Host-masthead", "masthead_session") if came else "masthead_session=none"
    case.headers = {**(case.headers or {}), "Cookie": cookie}
    if well_formed(case) and isinstance(case.body, dict):
        case.body.update(current=PASSWORD, new=PASSWORD)


def real_values(case, chance, page):
    """Puts what is there in the place of ids, versions and revisions, wherever the case is well-formed; gives the ETag."""
    entry, etag, state = page
    path = case.operation.path
    if positive(case, ParameterLocation.PATH):
        for name in case.path_parameters or {}:
            above, _, below = path.partition(f"/{{{name}}}")
            if name == "number":
                case.path_parameters[name] = chance.randint(1, state["revision"]["number"])
            elif LISTS.get(above, above) == "/admin/v1/pages":
                case.path_parameters[name] = entry
                if below.startswith("/working-copy"):
                    etag = site.working_copy(entry, state)
            elif above == "/admin/v1/sessions":
                came = site.came_in(chance)
                case.path_parameters[name] = came[1] if came else NOTHING
            elif "{" not in above:
                found = [item.get(name, item.get("id")) for item in site.list(above)[0]]
                known = [value for value in found if value and value not in site.guard()]
                if known:
                    case.path_parameters[name] = chance.choice(known)
                    single = site.get(f"{above}/{case.path_parameters[name]}")
                    etag = single.headers.get("ETag", etag) if single else etag
    if positive(case, ParameterLocation.HEADER) and "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = etag
    if positive(case, ParameterLocation.QUERY):
        real_query(case.query or {}, chance, entry)
    if positive(case, ParameterLocation.BODY) and isinstance(case.body, (dict, list)):
        real_body(case.body, chance, state)
    return etag


def real_query(query, chance, entry):
    for name in ("replacement", "entry"):
        if name in query:
            query[name] = entry
    if "user" in query:
        query["user"] = chance.choice([user["id"] for user in site.list("/admin/v1/users")[0]] or [NOTHING])
    if "path" in query and chance.random() < 0.7:
        paths = [page["path"] for page in site.list("/v1/pages")[0] if page.get("path")]
        query["path"] = chance.choice(paths or ["/"])
    for name in ("from", "to"):
        if isinstance(query.get(name), int):
            query[name] = 1


def of_this_site(case, chance):
    """Exception 5: locales, kinds, folders, fields and cursors are those of this site, and what is searched for has a word."""
    query = case.query or {}
    if "fields" in query:
        few = any(name in case.operation.path for name in ("/menus", "/settings"))
        others = FIELDS_OF_FEW if few else FIELDS
        query["fields"] = chance.choice(FIELDS_OF_PEOPLE if "/people" in case.operation.path else others)
    if "locale" in query:
        query["locale"] = chance.choice(LOCALES)
    if "path" in query:
        # What is left of it could stand in an address.
        query["path"] = "".join(c for c in str(query["path"]) if c.isalnum() and c.isprintable() or c in "/-_~")[:200] or "/"
    if "kind" in query:
        query["kind"] = chance.choice(KINDS)
    if "q" in query and not any(c.isascii() and c.isalnum() for c in str(query["q"])):
        query["q"] = f"{str(query['q'])[:190]} lantern"
    for name in ("filter[folder]", "filter[below]"):
        if name in query:
            query[name] = chance.choice(["rooms", "rooms/north", "/talks/2026/"])
    if "filter[kind]" in query:
        query["filter[kind]"] = chance.choice(["page", "media", "person"])
    for name in ("after", "before"):
        if name in query:
            cursors = [] if "{" in case.operation.path else site.list(case.operation.path)[1]
            query.pop(name)
            # A cursor belongs to an order, a locale and a filter.
            plain = not {"sort", "locale", "as_of"} & query.keys() and not any("[" in key for key in query)
            if cursors and name == "after" and plain:
                query[name] = cursors[0]


def real_body(part, chance, state):
    if isinstance(part, list):
        for item in part:
            real_body(item, chance, state)
        return
    if not isinstance(part, dict):
        return
    head = state["revision"]["number"]
    for name, value in part.items():
        if isinstance(value, (dict, list)):
            real_body(value, chance, state)
        elif name in ENTRIES and isinstance(value, str) and UUID.match(value):
            part[name] = chance.choice(site.pages)
        elif name in ("revision", "base") and isinstance(value, int):
            part[name] = chance.randint(1, head)
        elif name == "version" and isinstance(value, int):
            part[name] = state["version"]
        elif name == "publication" and isinstance(value, str) and state.get("scheduled"):
            part[name] = state["scheduled"][0]["id"]
        elif name == "locale" and isinstance(value, str):
            part[name] = chance.choice(["en", "de"])


def together(case, chance, etag):
    """Exceptions 4 and 8: keeps a well-formed case to parameters that go together, and to integers without a fraction."""
    query = case.query or {}
    if "replacement" in query:
        query["references"] = "replace"
    elif query.get("references") == "replace":
        query["references"] = "refuse"
    if case.operation.path == "/admin/v1/permissions/explain":
        # An entry, perhaps in a locale, or a kind.
        for name in ("kind",) if "entry" in query else ("locale",):
            query.pop(name, None)
        if "entry" not in query:
            query.setdefault("kind", "page")
    headers = {parameter.name: parameter.is_required for parameter in case.operation.headers}
    if headers.get("If-Match") is False:
        sent = case.headers if case.headers is not None else {}
        # A working copy names its base beside the precondition; a save has one of both.
        either = "If-None-Match" not in headers or case.operation.path == "/admin/v1/settings"
        based = either and isinstance(case.body, dict) and case.body.get("base") is not None
        new = "If-None-Match" in headers and not based and chance.random() < 0.3
        sent.pop("If-Match", None)
        sent.pop("If-None-Match", None)
        if new:
            sent["If-None-Match"] = "*"
        elif not based:
            sent["If-Match"] = etag
        case.headers = sent
    # A form is left as it is: one with bytes that a hook has touched counts as malformed.
    if isinstance(case.body, (dict, list)) and case.media_type != "multipart/form-data":
        case.body = whole(case.body)


def whole(part):
    if isinstance(part, dict):
        return {name: whole(value) for name, value in part.items()}
    if isinstance(part, list):
        return [whole(value) for value in part]
    return int(part) if isinstance(part, float) and part.is_integer() else part


def protect(case):
    """Exception 7: keeps changes away from what the run lives on."""
    guarded = site.guard()
    for name, value in (case.path_parameters or {}).items():
        if str(value) in guarded or ("/roles/" in case.operation.path and str(value) in BUILT_IN_ROLES):
            case.path_parameters[name] = NOTHING
    if guarded and isinstance(case.body, (dict, list)):
        text = json.dumps(case.body)
        if any(value in text for value in guarded):
            for value in guarded:
                text = text.replace(value, NOTHING)
            case.body = json.loads(text)


@schemathesis.check
def limits_are_described(ctx, response, case):
    """What a schema can say of a single value it must say: a well-formed case is never refused for its form."""
    if not well_formed(case) or response.status_code not in (400, 422):
        return
    try:
        errors = response.json().get("errors", [])
    except ValueError:
        return
    # An action on a document is also refused for what the document holds, which the request did not send.
    sent = case.body if isinstance(case.body, dict) else {}
    of_content = case.operation.path.startswith("/admin/v1/documents/") and case.operation.method.upper() == "POST"
    for error in errors:
        if of_content and error.get("pointer", "").split("/")[1:2] not in [[name] for name in sent]:
            continue
        if error.get("code") in DESCRIBABLE:
            raise AssertionError(f"The document does not say this limit: {json.dumps(error)}")
