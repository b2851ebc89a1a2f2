/** The read API of Masthead, typed by its own OpenAPI document. */
import createClient, { type Client } from "openapi-fetch";
import { MastheadError } from "./error.js";
import type { components, operations, paths } from "./schema.js";

export { MastheadError, type Problem } from "./error.js";
export { srcset } from "./srcset.js";
export type { components, operations, paths } from "./schema.js";

type Schemas = components["schemas"];
export type PageCard = Schemas["PageCard"];
export type PageView = Schemas["PageView"];
export type BlockView = Schemas["BlockView"];
export type MediaView = Schemas["MediaView"];
export type ImageView = Schemas["ImageView"];
export type PersonCard = Schemas["PersonCard"];
export type PersonView = Schemas["PersonView"];
export type MenuCard = Schemas["MenuCard"];
export type MenuView = Schemas["MenuView"];
export type MenuItemView = Schemas["MenuItemView"];
export type SettingsView = Schemas["SettingsView"];
export type SeoView = Schemas["SeoView"];
export type SearchResults = Schemas["SearchResults"];
export type SearchHit = Schemas["SearchHit"];
export type Changes = Schemas["Changes"];
/** What `fields` named: `id` and `kind`, and what else was asked for. */
export type Part = Schemas["Part"];

/** One page of a list; send `page.next` as `after` for the next one. */
export interface List<T> {
  data: T[];
  page: Schemas["PageInfo"];
}

/** Where a path leads. */
export type Resolution<P, Q> =
  | { match: "page"; page: P }
  | { match: "person"; person: Q }
  | Extract<Schemas["Resolution"], { match: "redirect" }>;

type Query<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;
type Without<Query, Names extends PropertyKey> = Omit<Query, Names>;
/** The parameters of a whole answer, and those of one that `fields` cuts down. */
type Whole<Q> = Without<Q, "fields"> & { fields?: never };
type Sparse<Q> = Without<Q, "fields"> & { fields: string };
/** What an iteration sets itself is not asked for. */
type Walk<Q> = Without<Q, "after" | "before" | "count">;

export type PagesQuery = Query<"list_pages">;
export type PageQuery = Query<"get_page">;
export type ResolveQuery = Without<Query<"resolve">, "path">;
export type MediaListQuery = Query<"list_media">;
export type MediaQuery = Query<"get_media">;
export type PeopleQuery = Query<"list_people">;
export type PersonQuery = Query<"get_person">;
export type MenusQuery = Query<"list_menus">;
export type MenuQuery = Query<"get_menu">;
export type SettingsQuery = Query<"get_settings">;
export type SearchQuery = Without<Query<"search">, "q">;
export type ChangesQuery = Without<Query<"list_changes">, "after">;

/** How a request is sent. */
export interface Send {
  /** Ends the request early. */
  signal?: AbortSignal;
}

export interface Options {
  /** The address of Masthead, such as `https://cms.example.org`. */
  url: string;
  /** The secret of a preview link: drafts show in the place of what is public. */
  preview?: string;
  /** An API token; `as_of` needs one that may read history. Never in a browser, and not together with `preview`. */
  token?: string;
  /** The locale of every answer that does not name another. */
  locale?: string;
  /** What sends the requests, in the place of the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
}

/** The read API. Every method throws a {@link MastheadError} for an answer with a status of 400 or more. */
export interface Masthead {
  pages: {
    /** One page of the list of pages. */
    list(query?: Whole<PagesQuery>, send?: Send): Promise<List<PageCard>>;
    list(query: Sparse<PagesQuery>, send?: Send): Promise<List<Part>>;
    /** Every page of the site that fits, one after the other; asks for 100 at a time unless `limit` says otherwise. */
    all(query?: Whole<Walk<PagesQuery>>, send?: Send): AsyncGenerator<PageCard, void, undefined>;
    all(query: Sparse<Walk<PagesQuery>>, send?: Send): AsyncGenerator<Part, void, undefined>;
    /** One page with everything that it shows. */
    get(id: string, query?: Whole<PageQuery>, send?: Send): Promise<PageView>;
    get(id: string, query: Sparse<PageQuery>, send?: Send): Promise<Part>;
  };
  media: {
    /** One page of the list of media. */
    list(query?: Whole<MediaListQuery>, send?: Send): Promise<List<MediaView>>;
    list(query: Sparse<MediaListQuery>, send?: Send): Promise<List<Part>>;
    /** All media that fit, one after the other; asks for 100 at a time unless `limit` says otherwise. */
    all(query?: Whole<Walk<MediaListQuery>>, send?: Send): AsyncGenerator<MediaView, void, undefined>;
    all(query: Sparse<Walk<MediaListQuery>>, send?: Send): AsyncGenerator<Part, void, undefined>;
    /** One media entry. */
    get(id: string, query?: Whole<MediaQuery>, send?: Send): Promise<MediaView>;
    get(id: string, query: Sparse<MediaQuery>, send?: Send): Promise<Part>;
  };
  people: {
    /** One page of the list of people: by name, or a group in its order. */
    list(query?: Whole<PeopleQuery>, send?: Send): Promise<List<PersonCard>>;
    list(query: Sparse<PeopleQuery>, send?: Send): Promise<List<Part>>;
    /** Everybody that fits, one after the other; asks for 100 at a time unless `limit` says otherwise. */
    all(query?: Whole<Walk<PeopleQuery>>, send?: Send): AsyncGenerator<PersonCard, void, undefined>;
    all(query: Sparse<Walk<PeopleQuery>>, send?: Send): AsyncGenerator<Part, void, undefined>;
    /** One person. */
    get(id: string, query?: Whole<PersonQuery>, send?: Send): Promise<PersonView>;
    get(id: string, query: Sparse<PersonQuery>, send?: Send): Promise<Part>;
  };
  menus: {
    /** One page of the list of menus, without their items. */
    list(query?: Whole<MenusQuery>, send?: Send): Promise<List<MenuCard>>;
    list(query: Sparse<MenusQuery>, send?: Send): Promise<List<Part>>;
    /** Every menu, one after the other; asks for 100 at a time unless `limit` says otherwise. */
    all(query?: Whole<Walk<MenusQuery>>, send?: Send): AsyncGenerator<MenuCard, void, undefined>;
    all(query: Sparse<Walk<MenusQuery>>, send?: Send): AsyncGenerator<Part, void, undefined>;
    /** The menu of this slug, with all its items. */
    get(slug: string, query?: Whole<MenuQuery>, send?: Send): Promise<MenuView>;
    get(slug: string, query: Sparse<MenuQuery>, send?: Send): Promise<Part>;
  };
  settings: {
    /** What is said of the site as a whole. */
    get(query?: Whole<SettingsQuery>, send?: Send): Promise<SettingsView>;
    get(query: Sparse<SettingsQuery>, send?: Send): Promise<Part>;
  };
  /** Where a path of the site leads: to a page, to somebody who has a page of their own, or elsewhere. */
  resolve(path: string, query?: Whole<ResolveQuery>, send?: Send): Promise<Resolution<PageView, PersonView>>;
  resolve(path: string, query: Sparse<ResolveQuery>, send?: Send): Promise<Resolution<Part, Part>>;
  /** What is found, the best first. */
  search(q: string, query?: SearchQuery, send?: Send): Promise<SearchResults>;
  changes: {
    /** What changed since a cursor, the `next` of the last answer. Without one: nothing, and the cursor to begin with. */
    since(cursor?: string, query?: ChangesQuery, send?: Send): Promise<Changes>;
  };
}

/** The answer, or the problem thrown. */
async function take<T>(
  answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok || data === undefined) throw MastheadError.from(response, error);
  return data;
}

/** Every entry of a list, page by page. */
async function* every<T, Q>(list: (query: Q, send: Send) => Promise<List<T>>, query: Q, send: Send) {
  let from: { after?: string } | undefined = {};
  while (from !== undefined) {
    const { data, page }: List<T> = await list({ limit: 100, ...query, ...from }, send);
    yield* data;
    from = page.next === null ? undefined : { after: page.next };
  }
}

/** Every method for whole and sparse answers alike: the overloads of {@link Masthead} tell them apart. */
function methods(client: Client<paths>, locale: { locale?: string }) {
  const listPages = (query: PagesQuery = {}, send: Send = {}) =>
    take(client.GET("/v1/pages", { params: { query: { ...locale, ...query } }, ...send }));
  const listMedia = (query: MediaListQuery = {}, send: Send = {}) =>
    take(client.GET("/v1/media", { params: { query: { ...locale, ...query } }, ...send }));
  const listMenus = (query: MenusQuery = {}, send: Send = {}) =>
    take(client.GET("/v1/menus", { params: { query: { ...locale, ...query } }, ...send }));
  const listPeople = (query: PeopleQuery = {}, send: Send = {}) =>
    take(client.GET("/v1/people", { params: { query: { ...locale, ...query } }, ...send }));
  return {
    pages: {
      list: listPages,
      all: (query: Walk<PagesQuery> = {}, send: Send = {}) => every(listPages, query, send),
      get: (id: string, query: PageQuery = {}, send: Send = {}) =>
        take(client.GET("/v1/pages/{id}", { params: { path: { id }, query: { ...locale, ...query } }, ...send })),
    },
    media: {
      list: listMedia,
      all: (query: Walk<MediaListQuery> = {}, send: Send = {}) => every(listMedia, query, send),
      get: (id: string, query: MediaQuery = {}, send: Send = {}) =>
        take(client.GET("/v1/media/{id}", { params: { path: { id }, query: { ...locale, ...query } }, ...send })),
    },
    people: {
      list: listPeople,
      all: (query: Walk<PeopleQuery> = {}, send: Send = {}) => every(listPeople, query, send),
      get: (id: string, query: PersonQuery = {}, send: Send = {}) =>
        take(client.GET("/v1/people/{id}", { params: { path: { id }, query: { ...locale, ...query } }, ...send })),
    },
    menus: {
      list: listMenus,
      all: (query: Walk<MenusQuery> = {}, send: Send = {}) => every(listMenus, query, send),
      get: (slug: string, query: MenuQuery = {}, send: Send = {}) =>
        take(client.GET("/v1/menus/{slug}", { params: { path: { slug }, query: { ...locale, ...query } }, ...send })),
    },
    settings: {
      get: (query: SettingsQuery = {}, send: Send = {}) =>
        take(client.GET("/v1/settings", { params: { query: { ...locale, ...query } }, ...send })),
    },
    resolve: (path: string, query: ResolveQuery = {}, send: Send = {}) =>
      take(client.GET("/v1/resolve", { params: { query: { ...locale, ...query, path } }, ...send })),
    search: (q: string, query: SearchQuery = {}, send: Send = {}) =>
      take(client.GET("/v1/search", { params: { query: { ...locale, ...query, q } }, ...send })),
    changes: {
      since: (cursor?: string, query: ChangesQuery = {}, send: Send = {}) => {
        const after = cursor === undefined ? {} : { after: cursor };
        return take(client.GET("/v1/changes", { params: { query: { ...query, ...after } }, ...send }));
      },
    },
  };
}

/** A client of the Masthead at an address. */
export function createMasthead(options: Options): Masthead {
  const headers: Record<string, string> = {};
  if (options.preview !== undefined) headers["Masthead-Preview"] = options.preview;
  if (options.token !== undefined) headers["Authorization"] = `Bearer ${options.token}`;
  const client = createClient<paths>({
    baseUrl: options.url,
    headers,
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  const locale = options.locale === undefined ? {} : { locale: options.locale };
  // The server gives the whole exactly when `fields` is not there, as the overloads say.
  return methods(client, locale) as Masthead;
}
