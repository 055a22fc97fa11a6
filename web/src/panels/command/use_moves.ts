// Moves of records from a button: busy while it runs, the refusal in a sentence when it is refused.
import { ref } from "vue";
import { move_record } from "@/data/records";
import type { Stored } from "@/data/types";
import { use_notices } from "@/stores/notices";
import { use_records } from "@/stores/records";
import { use_session } from "@/stores/session";

export function use_moves() {
    const records = use_records();
    const notices = use_notices();
    const session = use_session();
    const busy = ref("");
    async function move(record: Stored, name: string, body: { fields?: Record<string, unknown>; reason?: string } = {}): Promise<boolean> {
        busy.value = record.id;
        try {
            records.put(await move_record(record, name, body));
            return true;
        } catch (cause) {
            notices.fail(cause);
            return false;
        } finally { busy.value = ""; }
    }
    /** The moves that the procedure allows from here and the caller may make. */
    const moves_of = (record: Stored) => (session.catalog.kinds.find((one) => one.name === record.kind)?.moves ?? []).filter((one) => one.from.includes(record.state) && session.may(one.right ?? `${record.kind}.${one.name}`));
    const can = (record: Stored, name: string) => moves_of(record).some((one) => one.name === name);
    return { busy, move, moves_of, can };
}
