import { call } from "./http";
import { tidy_entry } from "./records";
import type { Entry } from "./types";

export const read_head = () => call<{ sequence: number; hash?: string }>("/journal/head");
export async function read_journal(since: number, limit = 500): Promise<Entry[]> {
    const answer = await call<Entry[] | { entries: Entry[] }>("/journal", { query: { since, limit } });
    return (Array.isArray(answer) ? answer : answer.entries).map(tidy_entry);
}
