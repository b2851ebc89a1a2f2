// Serves a folder as a host of static sites does: `/about` is `/about/index.html`, what is not there is `/404.html`.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
  ".atom": "application/atom+xml",
  ".json": "application/json",
  ".txt": "text/plain",
};

/** @param {string} folder */
export async function serve(folder) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname));
    const names = extname(path) ? [path] : [join(path, "index.html"), `${path}.html`];
    for (const [name, status] of [...names.map((name) => [name, 200]), ["404.html", 404]]) {
      try {
        const body = await readFile(join(folder, name));
        response.writeHead(status, { "Content-Type": types[extname(name)] ?? "application/octet-stream" });
        return response.end(body);
      } catch {
        // The next one.
      }
    }
    response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
