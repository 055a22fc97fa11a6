import { call } from "./http";
import type { Session } from "./types";

export const read_session = () => call<Session>("/session");
export const sign_in = (account: string, password: string) => call<Session>("/session", { method: "POST", body: { account, password } });
export const sign_in_by_link = (token: string) => call<Session>("/session/link", { method: "POST", body: { token } });
export const sign_out = () => call<void>("/session", { method: "DELETE" });
export const change_password = (current: string, password: string) => call<Session>("/session/password", { method: "POST", body: { current, password } });
