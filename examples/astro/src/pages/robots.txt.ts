import { passOn, previewing } from "../masthead";

export const GET = () =>
  previewing ? new Response("User-agent: *\nDisallow: /\n") : passOn("/v1/robots.txt");
