// One search over all kinds that the caller may see.
import { call } from "./http";

export interface Hit {
    kind: string;
    id: string;
    title: string | null;
    title_en: string | null;
    state: string;
    place: { longitude: number; latitude: number; bounds: [number, number, number, number] } | null;
}
/** The best few records that contain `text`, titles first. */
export async function search_records(text: string, kinds: string[], limit: number, signal?: AbortSignal): Promise<Hit[]> {
    return (await call<{ hits: Hit[] }>("/search", { query: { text, kinds: kinds.join(","), limit }, signal })).hits;
}
