// The page of a real alliance, as an editor would structure it: its text stands beside the repository, not in it.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = process.env.ABOUT_PAGE ?? fileURLToPath(new URL("../../../../shared/fixtures/site/about-page.txt", import.meta.url));

export const path = "/about-page-of-an-alliance";

/** The lines of the text, or nothing where it is not there. */
export const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").map((line) => line.trim()) : undefined;

/** Its words, without the marks of lists. */
export const words = (text) => text.replace(/(^|\n)\s*[>-]\s/g, "$1").split(/\s+/).filter(Boolean);

/** The body of the page. */
export function body([question, answer, more, talk, name, about, ...rest]) {
  // "Play TEDxAbout the" is the end of one thing and the beginning of the next.
  const [, play, aboutThe] = /^(Play TEDx)(.*)$/.exec(talk);
  const take = (count) => rest.splice(0, count);
  const section = (id) => {
    const [heading, text] = take(2);
    return { id, type: "rich_text", markdown: `## ${heading}\n\n${text}` };
  };
  const sections = [section("future"), section("vision"), section("mission")];
  const [explore] = take(1);
  const cards = [];
  while (rest[0].startsWith(">")) {
    const heading = take(1)[0].slice(1).trim();
    // The last card is followed by the heading of the principles, which ends in no full stop.
    const text = /[.]$/.test(rest[0]) ? take(1)[0] : "";
    cards.push({ heading, text, link: "/topics" });
  }
  const [heading, text] = take(2);
  const items = rest.filter(Boolean).map((line) => ({ heading: line.replace(/^-\s*/, "") }));
  return {
    title: question,
    slug: path.slice(1),
    blocks: [
      { id: "hero", type: "hero", heading: question, text: answer, actions: [{ label: more, link: "/about" }] },
      { id: "talk", type: "embed", provider: "youtube", media_id: "Lantern-Talk", kind: "video", title: play },
      { id: "about", type: "rich_text", markdown: `## ${aboutThe} ${name}\n\n${about}` },
      ...sections,
      { id: "explore", type: "cards", heading: explore, cards },
      { id: "principles", type: "principles", heading, text, items },
    ],
  };
}

/** Makes the page public. */
export async function enter(url, token, page) {
  const ask = async (to, json, headers = {}) => {
    const answer = await fetch(url + to, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
      body: JSON.stringify(json),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${to}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const { id, version } = await ask("/admin/v1/pages", { body: page });
  await ask(`/admin/v1/documents/${id}/publish`, { revision: 1 }, { "If-Match": `"v${version}"` });
}

/** Everything that blocks say in the form `text`, in order. */
export function said(value) {
  if (Array.isArray(value)) return value.map(said).join("\n");
  if (value === null || typeof value !== "object") return "";
  const own = ["heading", "title", "label"];
  return Object.entries(value)
    .map(([name, inner]) => {
      if (own.includes(name)) return inner ?? "";
      return name === "text" && typeof inner === "string" ? inner : said(inner);
    })
    .join("\n");
}
