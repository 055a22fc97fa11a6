// The pages of the office. One row makes a page: its place in the menu, its right, its component.
import type { Component } from "vue";
import type { IconName } from "@/ui/icons";

export interface OfficePage {
    /** Of the route and of its words: t(`office.${name}`). */
    name: string;
    icon: IconName;
    /** The right that opens it; empty for everybody who is signed in. */
    right: string;
    component: () => Promise<{ default: Component }>;
}
export const k_office_pages: OfficePage[] = [
    { name: "people", icon: "users", right: "account.read", component: () => import("./People.vue") },
    { name: "sessions", icon: "radio", right: "session.manage", component: () => import("./Sessions.vue") },
    { name: "audit", icon: "shield", right: "audit.read", component: () => import("./Audit.vue") },
    { name: "health", icon: "signal", right: "system.health", component: () => import("./SystemHealth.vue") },
    { name: "journal", icon: "file", right: "", component: () => import("./Journal.vue") },
    { name: "roles", icon: "list", right: "", component: () => import("./Roles.vue") },
    { name: "me", icon: "user", right: "", component: () => import("./MyAccount.vue") },
];
