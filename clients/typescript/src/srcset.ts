import type { components } from "./schema.js";

/**
 * The sizes of an image for the attribute `srcset`, in one format: WebP, or the one that `type` names.
 * Empty when there is no size in it; `src` of the image is there always.
 */
export function srcset(image: Pick<components["schemas"]["Renditions"], "srcset">, type = "image/webp"): string {
  return image.srcset
    .filter((size) => size.type === type)
    .map((size) => `${size.url} ${size.width}w`)
    .join(", ");
}
