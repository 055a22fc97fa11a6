// What a session's rights open, and what its screens say of them.
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it } from "vitest";
import { device_name, office_of_right } from "../src/panels/office/rights";
import { use_session } from "../src/stores/session";

describe("the session", () => {
    beforeEach(() => setActivePinia(createPinia()));
    it("does not take a right over every kind for an administrator's", () => {
        const session = use_session();
        session.session = { account: "shenlan", name: "", zone: "", roles: [], rights: ["*.read", "incident.*"], csrf: "", spaces: [] };
        expect(["vessel.read", "incident.confirm"].map(session.may)).toEqual([true, true]);
        expect(["audit.read", "account.read", "journal.verify", "vessel.update"].map(session.may)).toEqual([false, false, false, false]);
    });
});
describe("a right", () => {
    it("belongs to one office", () => {
        expect(["account.manage", "account.read", "role.grant", "audit.read", "alarm.read", "*.read"].map(office_of_right)).toEqual(["system", "shared", "security", "audit", "business", "business"]);
    });
});
describe("a device", () => {
    it("is named by browser and system", () => {
        expect(device_name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0")).toBe("Edge · Windows");
        expect(device_name("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1")).toBe("Safari · iOS");
        expect(device_name("my-program 1")).toBe("my-program 1");
        expect(device_name("")).toBe("");
    });
});
