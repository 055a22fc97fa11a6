import { createRouter, createWebHistory } from "vue-router";
import { k_monitoring_pages } from "@/panels/monitoring/pages";
import { k_office_pages } from "@/panels/office/pages";
import { use_session } from "@/stores/session";

export const router = createRouter({
    history: createWebHistory(),
    routes: [
        { path: "/sign-in", name: "sign_in", component: () => import("@/panels/door/SignIn.vue"), meta: { open: true } },
        { path: "/enter", name: "enter", component: () => import("@/panels/door/Enter.vue"), meta: { open: true } },
        { path: "/new-password", name: "new_password", component: () => import("@/panels/door/NewPassword.vue") },
        {
            path: "/", component: () => import("@/panels/shell/Shell.vue"),
            children: [
                { path: "", name: "duty", component: () => import("@/panels/monitoring/DutyDesk.vue") },
                {
                    path: "monitoring", name: "monitoring", component: () => import("@/panels/monitoring/Monitoring.vue"), redirect: "/monitoring/devices",
                    children: k_monitoring_pages.map((one) => ({ path: one.path, name: `monitoring_${one.name}`, component: one.component, props: !!one.props, meta: { right: one.right } })),
                },
                { path: "incidents", name: "incidents", component: () => import("@/panels/command/Incidents.vue") },
                { path: "incident/:id", name: "incident", component: () => import("@/panels/command/IncidentPage.vue"), props: true },
                { path: "ledger/:kind?/:id?/:mode(edit)?", name: "ledger", component: () => import("@/panels/supervision/Ledger.vue"), props: true },
                {
                    path: "office", name: "office", component: () => import("@/panels/office/Office.vue"),
                    children: k_office_pages.map((one) => ({ path: one.name, name: `office_${one.name}`, component: one.component, meta: { right: one.right } })),
                },
            ],
        },
        { path: "/:rest(.*)*", redirect: "/" },
    ],
});

router.beforeEach(async (to) => {
    if (to.meta["open"]) return true;
    const session = use_session();
    if (await session.resume()) {
        // Nothing else is open before a password that somebody else knows is changed.
        const must = !!session.session?.must_change;
        if (must !== (to.name === "new_password")) return must ? { name: "new_password", query: to.fullPath === "/" ? {} : { back: to.fullPath } } : { path: "/" };
        if (must) return true;
        if (!["duty", "office"].includes(String(to.name))) return true;
        // Administrators see no business data: their home is the office.
        if (to.name === "duty" && (session.may("alarm.read") || session.may("incident.read"))) return true;
        const page = k_office_pages.find((one) => session.may(one.right)) ?? k_office_pages.find((one) => !one.right);
        return page ? { name: `office_${page.name}`, replace: true } : true;
    }
    return { name: "sign_in", query: to.fullPath === "/" ? {} : { back: to.fullPath } };
});
