import { createApp, type Component } from "vue";
import { getActivePinia } from "pinia";
import { i18n } from "../src/messages";

/** Mounts a component with the stores of the test and gives its element. */
export function mount(component: Component, props: Record<string, unknown>): HTMLElement {
    const element = document.createElement("div");
    createApp(component, props).use(getActivePinia()!).use(i18n).mount(element);
    return element;
}
