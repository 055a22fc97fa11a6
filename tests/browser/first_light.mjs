// The whole loop through Chromium, with two browsers: the duty officer (Chinese, dark, 1920 × 1080) and the
// commander (English, light, a phone). Usage: first_light.mjs <base url> <link secret> <link secret> <pictures folder>
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [base, duty_link, commander_link, pictures] = process.argv.slice(2);
const require = createRequire(path.resolve(import.meta.dirname, "../../web/package.json"));
const { chromium } = require("playwright-core");
mkdirSync(pictures, { recursive: true });

let passed = 0;
function step(name) {
    passed += 1;
    console.log(`ok ${passed} ${name}`);
}

const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-first-run"],
});

async function person(link, language, theme, width, height) {
    const context = await browser.newContext({ viewport: { width, height }, hasTouch: width < 600, isMobile: width < 600 });
    await context.addInitScript(([l, t]) => {
        localStorage.setItem("anlan.language", l);
        localStorage.setItem("anlan.theme", t);
    }, [language, theme]);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${base}/enter#${link}`);
    await page.waitForSelector(".desk");
    return { page, errors, picture: (name) => page.screenshot({ path: path.join(pictures, `${name}.png`), timeout: 120_000 }) };
}

try {
    const duty = await person(duty_link, "zh", "dark", 1920, 1080);
    const commander = await person(commander_link, "en", "light", 390, 844);
    step("both sign in by one-time link");
    assert.ok(!duty.page.url().includes("#"), "the link's secret stays in the address");
    await duty.picture("desk-zh-dark");

    await duty.page.goto(`${base}/ledger/vessel`);
    await duty.page.locator("tbody tr").first().click();
    await duty.page.getByRole("button", { name: "看地图", exact: true }).click();
    await duty.page.getByRole("button", { name: "如果它泄漏会怎样" }).click();
    await duty.page.waitForSelector(".banner");
    step("what if this vessel leaks: the exercise's banner is up");

    await duty.page.getByText("草拟").first().waitFor();
    step("alarms have drafted an incident");
    const space = await duty.page.evaluate(() => sessionStorage.getItem("anlan.space"));
    await commander.page.evaluate((s) => sessionStorage.setItem("anlan.space", s), space);
    await commander.page.goto(`${base}/incidents`);
    await commander.page.locator(".incidents a").first().click();
    await commander.page.waitForSelector(".board");
    step("the commander looks at the draft on a phone");

    await duty.page.goto(`${base}/incidents`);
    await duty.page.locator(".incidents a").first().click();
    await duty.page.waitForSelector(".board");
    assert.equal(await commander.page.locator(".tasks li").count(), 0, "no task before the confirmation");
    const pressed = Date.now();
    await duty.page.keyboard.press("y");
    await commander.page.waitForSelector(".tasks li", { state: "attached" });
    step(`the plan starts with one key; its tasks are on the second screen ${Date.now() - pressed} ms later`);
    await duty.page.waitForSelector(".tasks li");
    await duty.page.waitForTimeout(3000);
    await duty.picture("board-zh-dark");
    await commander.picture("board-en-phone");

    await duty.page.locator(".tasks li .acts button").first().click();
    step("a task is answered for");

    await duty.page.getByRole("button", { name: "解除" }).first().click();
    await duty.page.locator("dialog button[type=submit]").click();
    await commander.page.getByText("Stand-down", { exact: false }).first().waitFor({ state: "attached" });
    step("stand-down, seen on both");

    const incident = duty.page.url().split("/").at(-1);
    for (const language of ["zh", "en"]) {
        const answer = await duty.page.evaluate(async ([id, l, s]) => {
            const r = await fetch(`/api/v1/incidents/${id}/report?language=${l}`, { headers: { "X-Anlan-Space": s } });
            return { status: r.status, type: r.headers.get("content-type"), size: (await r.arrayBuffer()).byteLength };
        }, [incident, language, space]);
        assert.deepEqual([answer.status, answer.type], [200, "application/pdf"]);
        assert.ok(answer.size > 10_000);
    }
    step("the report prints in both languages");
    assert.deepEqual([duty.errors, commander.errors], [[], []], "errors in a page");
    step("no page threw an error");
} catch (error) {
    for (const [i, context] of browser.contexts().entries()) {
        await context.pages()[0]?.screenshot({ path: path.join(pictures, `failed-${i}.png`), timeout: 120_000 }).catch(() => {});
    }
    console.error(error);
    process.exitCode = 1;
} finally {
    await browser.close();
}
