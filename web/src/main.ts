import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./App.vue";
import { i18n } from "./messages";
import { router } from "./router";
import { use_preferences } from "./stores/preferences";
import "./ui/tokens.css";
import "./ui/base.css";

const app = createApp(App).use(createPinia()).use(i18n);
use_preferences(); // language and theme before the first paint
app.use(router).mount("#app");
