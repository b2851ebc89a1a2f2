import type { components } from "./schema.js";

/** What went wrong (RFC 9457). */
export type Problem = components["schemas"]["ProblemBody"];

function isProblem(body: unknown): body is Problem {
  if (typeof body !== "object" || body === null) return false;
  const { type, title, status, code } = body as Record<string, unknown>;
  return (
    typeof type === "string" && typeof title === "string" && typeof status === "number" && typeof code === "string"
  );
}

/** An answer with a status of 400 or more. */
export class MastheadError extends Error {
  override readonly name = "MastheadError";
  /** What Masthead says about it. */
  readonly problem: Problem;
  /** For how many seconds to wait before the next try, where the answer says so. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** The HTTP status. */
  get status(): number {
    return this.problem.status;
  }

  /** What is wrong, for programs; the list is at `/problems` of the server. */
  get code(): string {
    return this.problem.code;
  }

  /** From an answer. What something between here and Masthead answers has the code `not_masthead`. */
  static from(response: Response, body: unknown): MastheadError {
    const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    const problem = isProblem(body)
      ? body
      : {
          type: "about:blank",
          title: response.statusText || "The answer is not one of Masthead",
          status: response.status,
          code: "not_masthead",
        };
    return new MastheadError(problem, Number.isNaN(seconds) ? undefined : seconds);
  }
}
