import { call, headers_for, Problem } from "./http";
import type { Board, Id, Preview, Wind } from "./types";

export const read_board = (id: Id) => call<Board>(`/incidents/${id}/board`);
export const preview_impact = (id: Id, body: { wind?: Partial<Wind>; hole_diameter_m?: number }, signal?: AbortSignal) =>
    call<Preview>(`/incidents/${id}/preview`, { method: "POST", body, signal });

/** The after-action report as a PDF: fetched, not linked, because the space travels in a header. */
export async function read_report(id: Id, language: string): Promise<Blob> {
    const response = await fetch(`/api/v1/incidents/${id}/report?language=${language}`, { headers: headers_for(), credentials: "same-origin" });
    if (!response.ok) {
        const body = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
        throw new Problem("report", response.status, body.title ?? "", body.detail ?? "");
    }
    return response.blob();
}
