// Rights in words: "alarm.acknowledge" is 报警 · 应答; and which browser on which machine.
import { useI18n } from "vue-i18n";
import type { Office, Role } from "@/data/access";
import type { CatalogKind } from "@/data/types";
import { use_preferences } from "@/stores/preferences";
import { use_session } from "@/stores/session";
import { said } from "@/ui/format";

const k_general = ["read", "create", "update", "remove", "sensitive", "import", "export"];
const k_offices: [string, Office][] = [["account.read", "shared"], ["journal.", "shared"], ["account.", "system"], ["system.", "system"], ["backup.", "system"], ["role.", "security"], ["session.", "security"], ["audit.", "audit"]];
/** Mirrors separation.h, so that the form can say it before the server refuses. */
export const office_of_right = (right: string): Office => k_offices.find(([start]) => right.startsWith(start))?.[1] ?? "business";

const k_browsers: [RegExp, string][] = [[/HuaweiBrowser/, "HUAWEI Browser"], [/MicroMessenger/, "WeChat"], [/Edg\//, "Edge"], [/Firefox\//, "Firefox"], [/Chrome\//, "Chrome"], [/Safari\//, "Safari"], [/Python|curl|Wget/i, "API"]];
const k_systems: [RegExp, string][] = [[/HarmonyOS|OpenHarmony/, "HarmonyOS"], [/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"]];
const match = (all: [RegExp, string][], text: string) => all.find(([pattern]) => pattern.test(text))?.[1];
export const device_name = (agent: string): string => [match(k_browsers, agent), match(k_systems, agent)].filter(Boolean).join(" · ") || agent.slice(0, 40);

export function use_rights() {
    const { t, te } = useI18n();
    const session = use_session();
    const preferences = use_preferences();
    const kind_of = (name: string): CatalogKind | undefined => session.catalog.kinds.find((one) => one.name === name);
    function words(right: string): string {
        const [kind = "", action = ""] = right.split(".");
        const own = `access.right_${kind}_${action}`;
        if (te(own)) return t(own);
        const declared = kind_of(kind);
        const subject = kind === "*" ? t("access.every_kind") : said(declared?.label) || kind;
        const move = declared?.moves?.find((one) => one.name === action);
        const act = action === "*" ? t("access.all_rights") : k_general.includes(action) ? t(`access.action_${action}`) : said(move?.label) || action;
        return `${subject}${t("mark.dot")}${act}`;
    }
    const role_word = (role: Role | undefined, name: string): string => (role ? (preferences.language === "en" ? role.label_en : role.label) : said(session.catalog.roles.find((one) => one.name === name)?.label) || name);
    const covers = (role: Role, right: string): boolean => {
        const [kind = "", action = ""] = right.split(".");
        return role.rights.some((held) => held === right || held === `${kind}.*` || (held === `*.${action}` && !!kind_of(kind)));
    };
    return { words, role_word, covers };
}
