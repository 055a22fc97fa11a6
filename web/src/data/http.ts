// One door to the server: headers, problem documents, revisions. Nothing else calls fetch.

export interface ProblemItem { where?: string; id?: string; text?: string }
export class Problem extends Error {
    constructor(
        readonly id: string, readonly status: number, readonly title: string, readonly detail: string, readonly items: ProblemItem[] = [],
    ) {
        super(detail || title || id);
    }
    /** One sentence for people: what happened, and where. */
    get sentence(): string {
        const where = this.items.map((item) => item.text).filter(Boolean).join(" ");
        return [this.detail || this.title, where].filter(Boolean).join(" ");
    }
}
/** The server could not be reached at all. */
export const k_unreachable = "unreachable";

export interface CallerState { space: string; csrf: string; language: string }
const caller: CallerState = { space: "live", csrf: "", language: "zh" };
let on_signed_out: () => void = () => {};
let on_latency: (ms: number) => void = () => {};

export function speak_as(state: Partial<CallerState>): void {
    Object.assign(caller, state);
}
export function current_space(): string {
    return caller.space;
}
export function current_language(): string {
    return caller.language;
}
export function watch_http(hooks: { signed_out?: () => void; latency?: (ms: number) => void }): void {
    if (hooks.signed_out) on_signed_out = hooks.signed_out;
    if (hooks.latency) on_latency = hooks.latency;
}

export interface Request {
    method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    body?: unknown;
    revision?: number;
    space?: string;
    query?: Record<string, string | number | undefined>;
    signal?: AbortSignal;
    idempotency_key?: string;
}

function address(path: string, query: Request["query"]): string {
    const pairs = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) pairs.set(name, String(value));
    const text = pairs.toString();
    return `/api/v1${path}${text ? `?${text}` : ""}`;
}

async function problem_of(response: Response): Promise<Problem> {
    try {
        const body = (await response.json()) as { type?: string; title?: string; detail?: string; errors?: ProblemItem[] };
        const id = String(body.type ?? "").replace(/^.*\//, "") || `http_${response.status}`;
        return new Problem(id, response.status, body.title ?? "", body.detail ?? "", body.errors ?? []);
    } catch {
        return new Problem(`http_${response.status}`, response.status, response.statusText, "");
    }
}

export function headers_for(request: Request = {}): Record<string, string> {
    const headers: Record<string, string> = {
        "X-Anlan-Space": request.space ?? caller.space,
        "Accept-Language": caller.language,
    };
    if (request.method && request.method !== "GET") headers["X-Anlan-Csrf"] = caller.csrf;
    if (request.body !== undefined) headers["Content-Type"] = "application/json";
    if (request.revision !== undefined) headers["If-Match"] = `"${request.revision}"`;
    if (request.idempotency_key) headers["Idempotency-Key"] = request.idempotency_key;
    return headers;
}

export async function call<T>(path: string, request: Request = {}): Promise<T> {
    const started = performance.now();
    let response: Response;
    try {
        response = await fetch(address(path, request.query), {
            method: request.method ?? "GET",
            headers: headers_for(request),
            credentials: "same-origin",
            body: request.body === undefined ? undefined : JSON.stringify(request.body),
            signal: request.signal,
        });
    } catch (cause) {
        if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
        throw new Problem(k_unreachable, 0, "", "");
    }
    if (!response.ok) {
        const problem = await problem_of(response);
        if (response.status === 401 && !path.startsWith("/session")) on_signed_out();
        throw problem;
    }
    on_latency(performance.now() - started);
    if (response.status === 204) return undefined as T;
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
}

/** A file, kept by the browser under the name that the server gives; its name is the answer. */
export async function download(path: string, query: Request["query"]): Promise<string> {
    let response: Response;
    try {
        response = await fetch(address(path, query), { headers: headers_for(), credentials: "same-origin" });
    } catch {
        throw new Problem(k_unreachable, 0, "", "");
    }
    if (!response.ok) throw await problem_of(response);
    const said = response.headers.get("Content-Disposition") ?? "";
    const name = decodeURIComponent(/filename\*=UTF-8''([^;]+)/i.exec(said)?.[1] ?? /filename="([^"]+)"/.exec(said)?.[1] ?? "anlan");
    let blob: Blob;
    try { blob = await response.blob(); } catch { throw new Problem(k_unreachable, 0, "", ""); } // cut off on the way
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return name;
}

/** A file as the body. Only XMLHttpRequest tells how much of it has gone out. */
export function upload<T>(path: string, query: Request["query"], file: Blob, on_progress: (share: number) => void): Promise<T> {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open("POST", address(path, query));
        for (const [name, value] of Object.entries(headers_for({ method: "POST" }))) request.setRequestHeader(name, value);
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.upload.onprogress = (event) => on_progress(event.total ? event.loaded / event.total : 0);
        request.onerror = () => reject(new Problem(k_unreachable, 0, "", ""));
        request.onload = () => {
            if (request.status < 300) return resolve(JSON.parse(request.responseText) as T);
            if (request.status === 401) on_signed_out();
            void problem_of(new Response(request.responseText, { status: request.status, statusText: request.statusText })).then(reject);
        };
        request.send(file);
    });
}
