// The pages of monitoring. One row makes a page: its place in the menu, its right, its component.
import type { Component } from "vue";
import type { IconName } from "@/ui/icons";

export interface MonitoringPage {
    /** Of the route and of its words: t(`monitoring.${name}`). */
    name: string;
    path: string;
    icon: IconName;
    right: string;
    component: () => Promise<{ default: Component }>;
    props?: boolean;
    /** Of the menu; a page without is reached from another, which is marked meanwhile. */
    under?: string;
}
export const k_monitoring_pages: MonitoringPage[] = [
    { name: "devices", path: "devices", icon: "radio", right: "device.read", component: () => import("./devices/DeviceList.vue") },
    { name: "device", path: "device/:id", icon: "radio", right: "device.read", component: () => import("./devices/DevicePage.vue"), props: true, under: "devices" },
    { name: "stream", path: "stream/:id", icon: "signal", right: "datastream.read", component: () => import("./stream/StreamPage.vue"), props: true, under: "devices" },
    { name: "positions", path: "positions/:id?", icon: "truck", right: "device.read", component: () => import("./positions/Positions.vue"), props: true },
    { name: "rules", path: "rules/:id?", icon: "bell", right: "rule.read", component: () => import("./rules/Rules.vue"), props: true },
    { name: "quarantine", path: "quarantine", icon: "lock", right: "quarantine.read", component: () => import("./quarantine/Quarantine.vue") },
    { name: "coverage", path: "coverage", icon: "grid", right: "device.read", component: () => import("./coverage/Coverage.vue") },
];
