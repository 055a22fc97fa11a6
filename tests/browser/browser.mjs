// What the walks through Chromium share: the browser, somebody signed in, steps that are counted, axe.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.resolve(import.meta.dirname, "../../web/package.json"));
const { chromium } = require("playwright-core");
const axe_source = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let passed = 0;
export function step(name) {
    passed += 1;
    console.log(`ok ${passed} ${name}`);
}

export const launch = () => chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-first-run"],
});

/** Somebody who came by a one-time link and has read the welcome. */
export async function person(browser, base, link, { language, theme, width, height, pictures, welcomed = true }) {
    mkdirSync(pictures, { recursive: true });
    const context = await browser.newContext({ viewport: { width, height }, hasTouch: width < 600, isMobile: width < 600, reducedMotion: "reduce" }); // no colour is measured half-way
    await context.addInitScript(([l, t, w]) => {
        localStorage.setItem("anlan.language", localStorage.getItem("anlan.language") ?? l);
        localStorage.setItem("anlan.theme", localStorage.getItem("anlan.theme") ?? t);
        if (w) localStorage.setItem("anlan.welcomed", "1");
    }, [language, theme, welcomed]);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${base}/enter#${link}`);
    await page.waitForSelector(".desk, .office, .ledger");
    return { page, errors, picture: (name) => page.screenshot({ path: path.join(pictures, `${name}.png`), timeout: 120_000 }) };
}

/** What sound() has found: told together at the end, so that one walk shows all of it. */
export const faults = [];
/** WCAG 2.1 A and AA by axe-core, and nothing that makes the page wider than its window. */
export async function sound(page, name) {
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe_source);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
    for (const one of violations) for (const node of one.nodes) faults.push(`${name}: ${one.id}: ${node.target.join(" ")} ${node.html.slice(0, 140)} ${node.any[0]?.message ?? ""}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) faults.push(`${name}: ${over} px wider than the window`);
}

/** The other theme and language, by the command box. */
async function turn(page) {
    for (const word of ["theme", "language"]) {
        await page.keyboard.press("Control+k");
        await page.locator("dialog.box input").fill(word);
        await page.locator("#command-list li", { hasNotText: /^$/ }).first().waitFor();
        await page.keyboard.press("Enter");
        await page.locator("dialog.box").waitFor({ state: "detached" });
    }
}
/** sound(), as it is, then in the other theme and language, and back. */
export async function both(page, name) {
    await sound(page, `${name} zh dark`);
    await turn(page);
    if ((await page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dataset.theme}`)) !== "en light") throw new Error(`${name}: not in English and light`);
    await sound(page, `${name} en light`);
    await turn(page);
}
