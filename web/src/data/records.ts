import { call } from "./http";
import type { Geometry } from "geojson";
import type { Entry, Fields, Id, OpenMove, Scope, Stored } from "./types";

export interface Page<F = Fields> { records: Stored<F>[]; next?: string | null; count?: { value: number; more?: boolean } }
export interface Query { where?: string; text?: string; sort?: string; after?: string; limit?: number; bbox?: string; count?: string; as_of?: string }

export const list_records = <F = Fields>(kind: string, query: Query = {}) =>
    call<Page<F>>(`/records/${kind}`, { query: { ...query } });
/** A change is made where the caller is: a row that a drill inherits says "live", and must not be changed there.
 *  Only a drill's own record is always among the real things. */
const written_in = (record: { kind: string; space?: string }): string | undefined => record.kind === "exercise" ? record.space || undefined : undefined;
/** A record is read in the caller's space; a drill's own record, though, lives among the real things. */
export const read_record = <F = Fields>(kind: string, id: Id, space?: string) => call<Stored<F>>(`/records/${kind}/${id}`, { space });
export interface Writing { fields?: Record<string, unknown>; geometry?: Geometry | null; scope?: Scope; reason?: string }
export const create_record = <F = Fields>(kind: string, body: Writing & { id?: Id; fields: Partial<F> | Record<string, unknown> }, idempotency_key?: string) =>
    call<Stored<F>>(`/records/${kind}`, { method: "POST", body, idempotency_key });
/** Changes fields, geometry and scope together: one entry in the journal. */
export const patch_record = <F = Fields>(record: Stored<F>, body: Writing) =>
    call<Stored<F>>(`/records/${record.kind}/${record.id}`, { method: "PATCH", body, revision: record.revision, space: written_in(record) });
export const remove_record = (record: Stored) =>
    call<void>(`/records/${record.kind}/${record.id}`, { method: "DELETE", revision: record.revision, space: written_in(record) });
export const change_record = <F = Fields>(record: Stored<F>, fields: Partial<F> | Record<string, unknown>) =>
    call<Stored<F>>(`/records/${record.kind}/${record.id}`, { method: "PATCH", body: { fields }, revision: record.revision, space: written_in(record) });
export const move_record = <F = Fields>(record: Stored<F>, move: string, body: { fields?: Record<string, unknown>; reason?: string } = {}) =>
    call<Stored<F>>(`/records/${record.kind}/${record.id}/moves/${move}`, { method: "POST", body, revision: record.revision, space: written_in(record) });
/** The moves that start from the record's state: allowed to the caller or locked with the reason; `missing` is asked for. */
export async function read_moves(kind: string, id: Id): Promise<OpenMove[]> {
    const answer = await call<OpenMove[] | { moves: OpenMove[] }>(`/records/${kind}/${id}/moves`);
    return Array.isArray(answer) ? answer : answer.moves;
}
export async function read_history(kind: string, id: Id): Promise<Entry[]> {
    const answer = await call<Entry[] | { entries: Entry[] }>(`/records/${kind}/${id}/history`);
    return (Array.isArray(answer) ? answer : answer.entries).map(tidy_entry);
}

/** Entries of the journal say `after` and `author`, those of the live feed `record` and `actor`. */
export function tidy_entry(raw: Entry | (Record<string, unknown> & { sequence: number })): Entry {
    const loose = raw as Record<string, unknown>;
    const author = loose["author"] as { name?: string; origin?: string } | undefined;
    return {
        ...(raw as Entry),
        record: (loose["record"] ?? loose["after"]) as Stored,
        actor: (loose["actor"] as string | undefined) ?? author?.name,
        origin: (loose["origin"] as string | undefined) ?? author?.origin,
    };
}
