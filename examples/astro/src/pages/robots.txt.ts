import type { APIRoute } from "astro";
import { previewing, settings } from "../masthead";

export const GET: APIRoute = async ({ site }) => {
  const closed = previewing || (await settings()).robots === "noindex";
  return new Response(`User-agent: *\nDisallow:${closed ? " /" : ""}\nSitemap: ${new URL("/sitemap.xml", site)}\n`);
};
