// Who did it, in the reader's language: entries name people as they are called in Chinese.
import { use_records } from "@/stores/records";
import { worded } from "./format";

export function use_people() {
    const records = use_records();
    return {
        named(name: string | undefined | null): string {
            if (!name) return "";
            const person = records.all("person").find((one) => one.fields["name"] === name);
            return person ? worded(person.fields, "name") : name;
        },
    };
}
