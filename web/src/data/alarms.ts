// What people say about an alarm: kept beside it, never changed.
import { call } from "./http";
import type { Id } from "./types";

export interface AlarmComment { id: Id; text: string; by: string; at: string }
export const k_comment_kind = "alarm_comment";
export const comment_alarm = (id: Id, text: string) => call<unknown>(`/alarms/${id}/comments`, { method: "POST", body: { text } });
export const read_comments = async (id: Id): Promise<AlarmComment[]> => (await call<{ comments: AlarmComment[] }>(`/alarms/${id}/comments`)).comments;
