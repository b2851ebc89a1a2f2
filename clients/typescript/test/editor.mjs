// What an editor does through the admin API, so that there is something to be read.
import { deflateSync } from "node:zlib";
import { crc32 } from "./crc32.mjs";

/** A grey picture as PNG. @param {number} width @param {number} height */
function png(width, height) {
  /** @param {string} type @param {Buffer} data */
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits, of grey alone
  const rows = Buffer.alloc((width + 1) * height, 0x80);
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/** @param {string} url @param {string} token */
export function editor(url, token) {
  /** @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers] */
  async function ask(method, path, body, headers = {}) {
    const form = body instanceof FormData;
    const type = body === undefined || form ? {} : { "Content-Type": "application/json" };
    const response = await fetch(url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...type, ...headers },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
  /** @param {{id: string, version: number, revision: {number: number}}} document */
  const publish = (document) =>
    ask("POST", `/admin/v1/documents/${document.id}/publish`, { revision: document.revision.number }, { "If-Match": `"v${document.version}"` });
  /** @param {string} kind @param {string} id @param {Record<string, unknown>} changes */
  async function save(kind, id, changes) {
    const now = await ask("GET", `/admin/v1/${kind}/${id}`);
    return ask("PUT", `/admin/v1/${kind}/${id}`, { body: { ...now.body, ...changes } }, { "If-Match": `"v${now.version}"` });
  }
  return {
    /** Gives a page another last part of its path, in public. @param {string} id @param {string} slug */
    rename: async (id, slug) => publish(await save("pages", id, { slug })),
    /** Saves another title and leaves what is public as it is. @param {string} id @param {string} title */
    draft: (id, title) => save("pages", id, { title }),
    /** The secret of a link that shows the newest revision. @param {string} id */
    async preview(id) {
      const { url } = await ask("POST", `/admin/v1/documents/${id}/previews`, {});
      return String(url).split("#masthead-preview=")[1] ?? "";
    },
    /** Uploads a picture, publishes it, then a page that shows it. @param {string} alt @param {string} page */
    async picture(alt, page) {
      const form = new FormData();
      form.append("file", new Blob([png(800, 600)]), "reading-room.png");
      const { results } = await ask("POST", "/admin/v1/media", form);
      const { id } = results[0].media;
      await publish(await save("media", id, { alt }));
      await publish(await save("pages", page, { image: id }));
      return id;
    },
  };
}
