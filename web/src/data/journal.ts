import { call } from "./http";
import { tidy_entry } from "./records";
import type { Entry } from "./types";

export const read_head = () => call<{ sequence: number; hash?: string }>("/journal/head");
/** One page; `next` is where the following one goes on, for entries that the caller may not see are passed over. */
export async function read_journal(since: number, limit = 500): Promise<{ entries: Entry[]; next: number; more: boolean }> {
    const answer = await call<{ entries: Entry[]; next: number; more: boolean }>("/journal", { query: { since, limit } });
    return { ...answer, entries: answer.entries.map(tidy_entry) };
}
