// People and their rights: accounts, roles, sessions, tokens, the audit log.
import { call } from "./http";
import type { Id } from "./types";

export type Office = "shared" | "business" | "system" | "security" | "audit";
export interface Account {
    account: string; name: string; name_en: string; roles: string[]; office: Office; organisation: Id | null; enterprise: Id | null; grid: Id | null;
    demonstration: boolean; disabled: boolean; must_change: boolean; has_password: boolean; sessions: number; created_at: string;
    signed_in_at: string | null; password_at: string | null; locked_until: string | null;
}
export interface Role { role: string; label: string; label_en: string; office: Office; scope: "all" | "own_grid" | "own_enterprise" | "own_organisation"; rights: string[] }
export interface Choice { id: Id; name: string; name_en: string }
export interface Choices { grid: Choice[]; enterprise: Choice[]; organisation: Choice[] }
export interface Rights { roles: string[]; grid: Id | null; enterprise: Id | null; organisation: Id | null }
export interface OpenSession { handle: string; account: string; name: string; name_en: string; address: string; device: string; created_at: string; seen_at: string; expires_at: string; current: boolean }
export interface Token { id: Id; account: string; name: string; rights: string[]; created_at: string; expires_at: string; used_at: string | null; used_from: string }
export interface Once { account: string; password: string }
export interface AuditEntry {
    sequence: number; at: string; event: string; outcome: "done" | "refused"; actor: string; name: string; origin: string; peer: string; subject: string;
    detail: Record<string, unknown>;
}
export interface AuditPage { entries: AuditEntry[]; events: string[]; next: number }
export interface AuditQuery { event?: string; actor?: string; subject?: string; from?: string; until?: string; before?: number }
export interface AuditVerdict { entries: number; first: number; head: string; whole: boolean; broken_at?: number }

const safe = encodeURIComponent;
export const read_accounts = () => call<Account[]>("/accounts");
export const create_account = (account: string, name: string, name_en: string) => call<Once>("/accounts", { method: "POST", body: { account, name, name_en } });
export const rename_account = (account: string, name: string, name_en: string) => call<void>(`/accounts/${safe(account)}`, { method: "PATCH", body: { name, name_en } });
export const reset_password = (account: string) => call<Once>(`/accounts/${safe(account)}/reset`, { method: "POST" });
export const disable_account = (account: string) => call<void>(`/accounts/${safe(account)}/disable`, { method: "POST" });
export const enable_account = (account: string) => call<void>(`/accounts/${safe(account)}/enable`, { method: "POST" });
export const unlock_account = (account: string) => call<void>(`/accounts/${safe(account)}/unlock`, { method: "POST" });
export const give_rights = (account: string, rights: Rights) => call<void>(`/accounts/${safe(account)}/rights`, { method: "PUT", body: rights });
export const read_choices = () => call<Choices>("/accounts/choices");
export const read_roles = () => call<Role[]>("/roles");

export const read_sessions = () => call<OpenSession[]>("/sessions");
export const end_session = (handle: string) => call<void>(`/sessions/${safe(handle)}`, { method: "DELETE" });
export const read_own_sessions = () => call<OpenSession[]>("/session/sessions");
export const end_own_session = (handle: string) => call<void>(`/session/sessions/${safe(handle)}`, { method: "DELETE" });
export const read_tokens = () => call<Token[]>("/tokens");
export const revoke_token = (id: Id) => call<void>(`/tokens/${id}`, { method: "DELETE" });
export const read_own_tokens = () => call<Token[]>("/session/tokens");
export const revoke_own_token = (id: Id) => call<void>(`/session/tokens/${id}`, { method: "DELETE" });
export const create_token = (name: string, rights: string[], days: number) => call<{ token: Token; secret: string }>("/session/tokens", { method: "POST", body: { name, rights, days } });

export const read_audit = (query: AuditQuery) => call<AuditPage>("/audit", { query: { ...query, limit: 100 } });
export const verify_audit = () => call<AuditVerdict>("/audit/verify");
export function audit_export_address(query: AuditQuery): string {
    const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "").map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
    return `/api/v1/audit/export${pairs.length ? `?${pairs.join("&")}` : ""}`;
}
