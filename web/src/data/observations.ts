import { call, download } from "./http";
import type { Bucket, Id, Latest } from "./types";

export async function read_latest(property?: string): Promise<Latest[]> {
    const answer = await call<Latest[] | { items: Latest[] }>("/observations/latest", { query: { property } });
    return Array.isArray(answer) ? answer : answer.items;
}
export async function read_series(datastream: Id, from: Date, to: Date, buckets: number): Promise<Bucket[]> {
    const answer = await call<{ buckets: Bucket[] }>(`/datastreams/${datastream}/series`, {
        query: { from: from.toISOString(), to: to.toISOString(), buckets },
    });
    return answer.buckets;
}
/** Every stored reading of the datastream in the period, as a file. */
export const export_readings = (datastream: Id, from: Date, until: Date) => download("/observations/export", { datastream, from: from.toISOString(), until: until.toISOString(), format: "csv" });
