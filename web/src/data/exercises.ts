import { call } from "./http";
import type { Id, Stored } from "./types";

/** What if this vessel leaks? Answers the exercise; its id is the space in which it happens. */
export const start_what_if = (vessel: Id) => call<Stored>("/exercises/what-if", { method: "POST", body: { vessel }, space: "live" });
