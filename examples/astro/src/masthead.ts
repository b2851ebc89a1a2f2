// Everything that this site knows comes through here.
import {
  MastheadError,
  createMasthead,
  type BlockView,
  type PageView,
  type PersonView,
  type SeoView,
  type SettingsView,
} from "@masthead/client";

/** The address of Masthead. */
export const api = (import.meta.env.MASTHEAD_URL ?? "http://127.0.0.1:8080").replace(/\/$/, "");
const preview: string | undefined = import.meta.env.MASTHEAD_PREVIEW || undefined;

export const masthead = createMasthead({ url: api, ...(preview ? { preview } : {}) });
/** Whether drafts show: then nothing of it may go to the public. */
export const previewing = preview !== undefined;

/** What a path shows: a page, a person with a page of their own, or the way to where it lies now. */
export type Place =
  | { kind: "page"; page: PageView }
  | { kind: "person"; person: PersonView }
  | { kind: "moved"; to: string };

/** Every path of the site with what it shows. */
export async function places(): Promise<Map<string, Place>> {
  const found = new Map<string, Place>();
  const moved = new Map<string, string>();
  for await (const { id } of masthead.pages.all({ fields: "id" })) {
    const page = await masthead.pages.get(id);
    found.set(page.path, { kind: "page", page });
    for (const path of page.previous_paths) moved.set(path, page.path);
  }
  for await (const { id, path } of masthead.people.all({ fields: "path" })) {
    if (typeof path !== "string") continue;
    const person = await masthead.people.get(id);
    found.set(path, { kind: "person", person });
    for (const former of person.previous_paths) moved.set(former, path);
  }
  for (const [path, to] of moved) if (!found.has(path)) found.set(path, { kind: "moved", to });
  return found;
}

/** What a path shows at this moment; nothing when it leads nowhere. */
export async function placeAt(path: string): Promise<Place | undefined> {
  const found = await maybe(masthead.resolve(path));
  switch (found?.match) {
    case "page":
      return { kind: "page", page: found.page };
    case "person":
      return { kind: "person", person: found.person };
    case "redirect":
      return { kind: "moved", to: found.to };
    default:
      return undefined;
  }
}

/** What the answer is, or nothing when there is no such thing. */
async function maybe<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof MastheadError && error.status === 404) return undefined;
    throw error;
  }
}

/** The settings of the site. */
export const settings = (): Promise<SettingsView> => masthead.settings.get();

/** The items of a menu; none when there is no such menu. */
export async function menu(slug: string) {
  return (await maybe(masthead.menus.get(slug)))?.items ?? [];
}

/** What search engines are told of a page that is this site's own: to leave it out. */
export const own = (title: string, canonical: string): SeoView => ({
  title,
  site_name: null,
  description: null,
  canonical,
  canonical_url: null,
  noindex: true,
  image: null,
});

/** What Masthead answers at a path of its own, to be passed on as it is. */
export async function passOn(path: string): Promise<Response> {
  const answer = await fetch(api + path);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return new Response(await answer.arrayBuffer(), {
    headers: { "Content-Type": answer.headers.get("Content-Type") ?? "application/octet-stream" },
  });
}

/** A block of a type, as its component gets it. */
export type Block<Type extends BlockView["type"]> = Extract<BlockView, { type: Type }>;
