import { defineConfig } from "astro/config";

export default defineConfig({
  // The address of the public site, for canonical addresses; the same as `--site-url` of Masthead.
  site: process.env.SITE_URL ?? "https://www.example.org",
  // Drafts are looked up for each request; without an adapter that works with `astro dev` alone, so no draft is ever built.
  output: process.env.MASTHEAD_PREVIEW ? "server" : "static",
  trailingSlash: "ignore",
  devToolbar: { enabled: false },
  // Masthead makes all sizes of pictures; nothing is left to be done here.
  image: { service: { entrypoint: "astro/assets/services/noop" } },
});
