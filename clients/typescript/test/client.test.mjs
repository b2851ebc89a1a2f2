// The client against a real Masthead. The tests that change the site make what they change themselves.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MastheadError, createMasthead, srcset } from "@masthead/client";
import { editor } from "./editor.mjs";
import { start } from "./server.mjs";

/** @type {Awaited<ReturnType<typeof start>>} */
let server;
/** @type {ReturnType<typeof createMasthead>} */
let masthead;
/** @type {ReturnType<typeof editor>} */
let editing;

before(async () => {
  server = await start();
  masthead = createMasthead({ url: server.url });
  editing = editor(server.url, server.token());
});
after(() => server?.stop());

/** The page of the sample site at a path. @param {string} path */
async function at(path) {
  const found = await masthead.resolve(path);
  assert.equal(found.match, "page");
  return found.page;
}

/** What is thrown. @param {() => Promise<unknown>} request */
async function problem(request) {
  try {
    await request();
  } catch (error) {
    assert.ok(error instanceof MastheadError, String(error));
    return error;
  }
  return assert.fail("no error");
}

describe("reading", () => {
  test("a list comes as a list", async () => {
    const { data, page } = await masthead.pages.list({ limit: 2, "filter[parent]": "none", sort: "title" });
    assert.equal(data.length, 2);
    assert.equal(page.limit, 2);
    assert.equal(typeof page.next, "string");
    assert.equal(data[0]?.kind, "page");
    assert.equal(typeof data[0]?.title, "string");
  });

  test("an iteration finds every page once, over as many answers as it takes", async () => {
    const total = (await masthead.pages.list({ count: "exact" })).page.total;
    const asked = { count: 0 };
    /** @param {Request} request */
    const counting = (request) => {
      asked.count += 1;
      return fetch(request);
    };
    const paths = [];
    for await (const page of createMasthead({ url: server.url, fetch: counting }).pages.all({ limit: 2 })) {
      paths.push(page.path);
    }
    assert.ok(total !== undefined && total > 2);
    assert.equal(new Set(paths).size, total);
    assert.equal(paths.length, total);
    assert.equal(asked.count, Math.ceil(total / 2));
  });

  test("fields cut an answer down, and its type", async () => {
    const { data } = await masthead.pages.list({ fields: "title", limit: 1 });
    assert.deepEqual(Object.keys(data[0] ?? {}).sort(), ["id", "kind", "title"]);
    // @ts-expect-error  what was not asked for is of no known type
    assert.throws(() => data[0]?.path.startsWith("/"), TypeError);
  });

  test("one page comes with its blocks", async () => {
    const { id } = await at("/");
    const page = await masthead.pages.get(id, { text: "html,text" });
    assert.equal(page.id, id);
    assert.ok(page.blocks.length > 0);
    assert.equal(page.seo.canonical, "/");
  });

  test("includes come along", async () => {
    const found = await masthead.resolve("/", { include: "children" });
    assert.equal(found.match, "page");
    assert.ok(Array.isArray(found.page.included?.children?.data));
  });

  test("people come by group, in its order", async () => {
    const { data } = await masthead.people.list({ "filter[group]": "staff" });
    assert.deepEqual(
      data.map((person) => person.name),
      ["Noor Haddavi", "Wen Lisang", "Jonas Vinterhjelm", "Lucia Ferranoro"],
    );
    const names = [];
    for await (const person of masthead.people.all({ limit: 5 })) names.push(person.name);
    assert.equal(names.length, 12);
    const noor = await masthead.people.get(data[0]?.id ?? "", { text: "text" });
    assert.equal(noor.path, "/about/people/noor-haddavi");
    assert.match(noor.biography?.text ?? "", /volunteer/);
  });

  test("a person is found by the path of their page", async () => {
    const found = await masthead.resolve("/about/people/noor-haddavi");
    assert.equal(found.match, "person");
    assert.equal(found.person.name, "Noor Haddavi");
  });

  test("a menu comes as a tree", async () => {
    const { items } = await masthead.menus.get("main");
    assert.equal(items[0]?.label, "About");
    assert.equal(items[0]?.path, "/about");
    assert.equal(items[0]?.items[0]?.label, "Our history");
    assert.equal((await problem(() => masthead.menus.get("none"))).status, 404);
  });

  test("menus and media come in lists too, and one after the other", async () => {
    const { data } = await masthead.menus.list();
    const slugs = data.map((menu) => menu.slug);
    assert.ok(slugs.includes("main"));
    const walked = [];
    for await (const menu of masthead.menus.all({ limit: 1 })) walked.push(menu.slug);
    assert.deepEqual(walked, slugs);
    const total = (await masthead.media.list({ count: "exact" })).page.total;
    const media = new Set();
    for await (const one of masthead.media.all({ limit: 2 })) media.add(one.id);
    assert.ok(total !== undefined && total > 2);
    assert.equal(media.size, total);
  });

  test("the settings say what the site is called", async () => {
    const { title } = await masthead.settings.get();
    assert.equal(title, "Lantern Alliance");
  });

  test("search finds", async () => {
    const { data, query } = await masthead.search("lantern", { limit: 5 });
    assert.ok(data.length > 0);
    assert.equal(query.text, "lantern");
    assert.equal(typeof data[0]?.excerpt.html, "string");
  });

  test("the locale is that of the client, unless a request names another", async () => {
    const french = createMasthead({ url: server.url, locale: "fr" });
    const refused = await problem(() => french.pages.list());
    assert.equal(refused.status, 400);
    const { data } = await french.pages.list({ locale: "en", limit: 1 });
    assert.equal(data[0]?.requested_locale, "en");
  });
});

describe("errors", () => {
  test("a path that leads nowhere is a problem with its code", async () => {
    const error = await problem(() => masthead.resolve("/no/such/page"));
    assert.equal(error.status, 404);
    assert.equal(error.code, "not_found");
    assert.equal(error.problem.type, "/problems/not_found");
    assert.equal(error.message, error.problem.detail);
  });

  test("an unknown parameter is refused, by the types and by the server", async () => {
    // @ts-expect-error  there is no such parameter
    const error = await problem(() => masthead.pages.list({ bogus: "1" }));
    assert.equal(error.status, 400);
    assert.equal(error.code, "unknown_parameter");
    assert.equal(error.problem.errors?.[0]?.pointer, "/query/bogus");
  });

  test("what is no answer of Masthead is an error too", async () => {
    const answer = async () => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "Retry-After": "7" } });
    const error = await problem(() => createMasthead({ url: server.url, fetch: answer }).pages.list());
    assert.equal(error.status, 502);
    assert.equal(error.code, "not_masthead");
    assert.equal(error.retryAfter, 7);
  });

  test("a request can be ended early", async () => {
    await assert.rejects(masthead.pages.list({}, { signal: AbortSignal.abort() }), { name: "AbortError" });
  });
});

describe("a site that changes", () => {
  test("a former path leads on, and the change is told", async () => {
    const { next } = await masthead.changes.since();
    const { id } = await at("/topics/lessons");
    await editing.rename(id, "lessons-that-travel");
    assert.deepEqual(await masthead.resolve("/topics/lessons"), {
      match: "redirect",
      to: "/topics/lessons-that-travel",
      status: 301,
    });
    const { data, more } = await masthead.changes.since(next, { limit: 100 });
    const change = data.find((one) => one.id === id);
    assert.equal(change?.change, "moved");
    assert.equal(change?.previous_path, "/topics/lessons");
    assert.equal(more, false);
  });

  test("a preview shows the draft, and nobody else sees it", async () => {
    const { id, title } = await at("/topics/measures");
    await editing.draft(id, "Measures of tomorrow");
    const preview = await editing.preview(id);
    assert.match(preview, /^mhp_/);
    const seen = await createMasthead({ url: server.url, preview }).pages.get(id);
    assert.equal(seen.title, "Measures of tomorrow");
    assert.equal((await masthead.pages.get(id)).title, title);
    const error = await problem(() => createMasthead({ url: server.url, preview: "mhp_wrong" }).pages.list());
    assert.equal(error.status, 401);
  });

  test("a picture has a srcset whose addresses work", async () => {
    const page = await at("/news");
    const id = await editing.picture("Open books on a table", page.id);
    const { image } = await masthead.pages.get(page.id);
    assert.ok(image);
    assert.equal(image.id, id);
    assert.equal(image.alt, "Open books on a table");
    const sizes = srcset(image).split(", ");
    assert.ok(sizes.length > 0);
    for (const size of sizes) assert.match(size, /^\S+\.webp \d+w$/);
    const response = await fetch(new URL(sizes[0]?.split(" ")[0] ?? "", server.url));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("Content-Type"), "image/webp");
    assert.equal(srcset(image, "image/none"), "");
    const listed = await masthead.media.list({ "filter[class]": "image", limit: 100 });
    const found = listed.data.find((media) => media.id === id);
    assert.deepEqual(found, await masthead.media.get(id));
    assert.deepEqual(found?.image, image);
  });
});
