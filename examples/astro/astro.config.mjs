import { defineConfig } from "astro/config";

export default defineConfig({
  // The address of the public site, for canonical addresses; the same as `--site-url` of Masthead.
  site: process.env.SITE_URL ?? "https://www.example.org",
  output: "static",
  trailingSlash: "ignore",
  devToolbar: { enabled: false },
  // Masthead makes all sizes of pictures; nothing is left to be done here.
  image: { service: { entrypoint: "astro/assets/services/noop" } },
});
