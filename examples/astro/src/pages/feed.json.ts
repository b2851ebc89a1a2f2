import { passOn } from "../masthead";

export const GET = () => passOn("/v1/feed.json");
