import { createRouter, createWebHistory } from "vue-router";
import { use_session } from "@/stores/session";

export const router = createRouter({
    history: createWebHistory(),
    routes: [
        { path: "/sign-in", name: "sign_in", component: () => import("@/panels/door/SignIn.vue"), meta: { open: true } },
        { path: "/enter", name: "enter", component: () => import("@/panels/door/Enter.vue"), meta: { open: true } },
        {
            path: "/", component: () => import("@/panels/shell/Shell.vue"),
            children: [
                { path: "", name: "duty", component: () => import("@/panels/monitoring/DutyDesk.vue") },
                { path: "incidents", name: "incidents", component: () => import("@/panels/command/Incidents.vue") },
                { path: "incident/:id", name: "incident", component: () => import("@/panels/command/IncidentPage.vue"), props: true },
                { path: "ledger/:kind?/:id?", name: "ledger", component: () => import("@/panels/supervision/Ledger.vue"), props: true },
            ],
        },
        { path: "/:rest(.*)*", redirect: "/" },
    ],
});

router.beforeEach(async (to) => {
    if (to.meta["open"]) return true;
    if (await use_session().resume()) return true;
    return { name: "sign_in", query: to.fullPath === "/" ? {} : { back: to.fullPath } };
});
