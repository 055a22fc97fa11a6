// What people do with an alarm, as the catalog declares it: acknowledge and close, shelve with an end and bring back, comment.
import { computed, ref } from "vue";
import { comment_alarm, k_comment_kind } from "@/data/alarms";
import { Problem } from "@/data/http";
import { move_record, read_record } from "@/data/records";
import type { Alarm, Stored } from "@/data/types";
import { use_notices } from "@/stores/notices";
import { use_records } from "@/stores/records";
import { use_session } from "@/stores/session";
import { use_values } from "@/ui/values";

export function use_alarm_moves() {
    const notices = use_notices();
    const records = use_records();
    const session = use_session();
    const values = use_values();
    const busy = ref(false);
    const kind = computed(() => values.kind("alarm"));
    const declared = (name: string) => kind.value?.moves?.find((one) => one.name === name);
    const may_move = (name: string) => { const move = declared(name); return !!move && session.may(move.right || `alarm.${name}`); };

    async function write(deed: () => Promise<Stored>): Promise<boolean> {
        busy.value = true;
        try { records.put(await deed()); return true; } catch (cause) { notices.fail(cause); return false; } finally { busy.value = false; }
    }
    /** Its own readings revise an alarm while somebody looks at it: that takes nothing back of what was decided in the same state. */
    async function moved(record: Stored, name: string, body: { fields?: Record<string, unknown>; reason?: string } = {}): Promise<Stored> {
        for (let tries = 1, newest = record; ; ++tries) {
            try { return await move_record(newest, name, body); } catch (cause) {
                if (!(cause instanceof Problem) || cause.status !== 412 || record.kind !== "alarm" || tries === 5) throw cause;
                newest = await read_record("alarm", record.id);
                if (newest.state !== record.state) throw cause;
            }
        }
    }
    const move = (record: Stored, name: string, reason?: string) => write(() => moved(record, name, reason ? { fields: { reason_text: reason }, reason } : {}));
    /** Reason and end go into the fields that the move asks for. */
    function shelve(alarm: Alarm, until: string, reason: string): Promise<boolean> {
        const texts = (declared("shelve")?.required ?? []).filter((name) => name !== "shelved_until");
        return write(() => moved(alarm, "shelve", { fields: { shelved_until: until, ...Object.fromEntries(texts.map((name) => [name, reason])) }, reason }));
    }
    const unshelve = (alarm: Alarm) => write(() => moved(alarm, "unshelve"));
    async function comment(alarm: Alarm, text: string): Promise<boolean> {
        busy.value = true;
        try { await comment_alarm(alarm.id, text); return true; } catch (cause) { notices.fail(cause); return false; } finally { busy.value = false; }
    }
    return { busy, move, shelve, unshelve, comment, may_shelve: computed(() => may_move("shelve")), may_comment: computed(() => !!values.kind(k_comment_kind) && session.may("alarm.comment")) };
}
