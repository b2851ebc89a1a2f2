// A Masthead of its own with the sample site, on the loopback address, in an empty folder.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The program: as named by `MASTHEAD`, or what was built last here. */
function program() {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const named = process.env["MASTHEAD"];
  const candidates = named ? [named] : ["release", "debug"].map((which) => join(root, "target", which, "masthead"));
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`There is no program at ${candidates.join(" or ")}. Build it with \`cargo build\`, or name one in MASTHEAD.`);
  }
  return found;
}

/** Starts it, and waits until it says where it listens. */
export async function start() {
  const masthead = program();
  const home = mkdtempSync(join(tmpdir(), "masthead-client-"));
  // The private Postgres may run as another user.
  chmodSync(home, 0o711);
  const env = { ...process.env };
  for (const name of ["DATABASE_URL", "MASTHEAD_MIGRATE_URL", "MASTHEAD_READER_URL"]) delete env[name];
  const folders = ["--data-dir", join(home, "data"), "--uploads", join(home, "uploads")];
  const site = ["--site-url", "https://www.example.org"];
  const server = spawn(
    masthead,
    ["serve", "--sample", "--listen", "127.0.0.1:0", ...folders, ...site, "--log", "warn"],
    { env, stdio: ["ignore", "ignore", "pipe"] },
  );
  let messages = "";
  server.stderr.setEncoding("utf8");
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`masthead ended with ${code}:\n${messages}`)));
    server.stderr.on("data", (text) => {
      messages += text;
      const address = /^Masthead listens on (http:.*)$/m.exec(messages)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
  /** @param {string[]} words @param {string} [input] */
  const command = (words, input = "") =>
    execFileSync(masthead, words, { env: { ...env, MASTHEAD_DATA_DIR: join(home, "data") }, encoding: "utf8", input, stdio: "pipe" });
  return {
    url,
    /** An API token of an administrator. */
    token() {
      const email = "ada@example.org";
      command(["user", "add", "--email", email, "--name", "Ada Example", "--role", "admin"], "a long password of one run\n");
      return command(["token", "create", "--user", email, "--name", "test", "--expires", "1d"]).trim();
    },
    async stop() {
      server.removeAllListeners("exit");
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
