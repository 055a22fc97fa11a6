// Every screen of the shell in both languages and themes, checked by axe; and the work with records through
// Chromium: a form with a place, two people at one record, history, conditions, removal, search, proof, health.
// Usage: screens.mjs <base url> <pictures folder> <link secrets of duty, keeper, auditor, administrator>
import assert from "node:assert/strict";
import { both, faults, launch, person, sound, step } from "./browser.mjs";

const [base, pictures, duty_link, keeper_link, auditor_link, system_link] = process.argv.slice(2);
const browser = await launch();
const zh = { language: "zh", theme: "dark", width: 1366, height: 768, pictures };
const en = { language: "en", theme: "light", width: 1920, height: 1080, pictures };

const saved = (page) => page.locator(".toast", { hasText: /已登记|已保存/ }).last().waitFor();

try {
    // The desk: the map is the home.
    const duty = await person(browser, base, duty_link, { ...zh, welcomed: false });
    await duty.page.locator(".welcome").getByRole("button", { name: "知道了" }).click();
    await duty.page.reload();
    await duty.page.waitForSelector(".desk");
    assert.equal(await duty.page.locator(".welcome").count(), 0, "the welcome comes once");
    await duty.page.keyboard.press("/");
    await duty.page.locator("dialog.box input").fill("海鲸冷链（示例）");
    const hit = duty.page.locator("#command-list li", { hasText: "企业" }).first();
    await hit.waitFor();
    await sound(duty.page, "command box");
    await hit.click();
    await duty.page.locator(".side h2", { hasText: "海鲸冷链" }).waitFor();
    step("a search flies to what it found");
    await duty.page.locator(".layers .group").nth(1).click();
    await both(duty.page, "desk");
    await duty.page.getByRole("button", { name: "量距离和面积" }).click();
    const canvas = await duty.page.locator(".map canvas").boundingBox();
    for (const [x, y] of [[0.5, 0.3], [0.7, 0.4], [0.6, 0.6]]) await duty.page.mouse.click(canvas.x + canvas.width * x, canvas.y + canvas.height * y);
    await duty.page.locator(".measure b").filter({ hasText: /\d+(\.\d+)?\s?(m|km)/ }).waitFor();
    await duty.page.keyboard.press("Escape");
    assert.equal(await duty.page.locator(".measure").count(), 0);
    step("a length is measured on the map");
    await duty.picture("desk-search");

    // Records: conditions stand in the address.
    const keeper = await person(browser, base, keeper_link, zh);
    const page = keeper.page;
    await page.goto(`${base}/ledger/enterprise`);
    await page.waitForSelector("tbody tr");
    const all = await page.locator("tbody tr").count();
    await page.locator(".filters").getByRole("button", { name: "条件" }).click();
    await page.locator(".popover select").selectOption("type");
    await page.locator(".popover .tick", { hasText: "冷库冷链" }).locator("input").check();
    await page.waitForURL(/where=type%3Ain%3Acold_store|where=type:in:cold_store/);
    await page.waitForFunction((n) => document.querySelectorAll("tbody tr").length < n, all);
    await page.keyboard.press("Escape");
    await page.reload();
    await page.waitForSelector("tbody tr");
    assert.ok((await page.locator("tbody tr").count()) < all, "the condition survives the address");
    await both(page, "list");
    step("conditions narrow the list, and stand in the address");

    // A new record: what is wrong is said at its field; the place comes from typed coordinates and the map.
    await page.goto(`${base}/ledger/shelter/new`);
    await page.getByRole("button", { name: "登记 Ctrl" }).or(page.locator("footer button[type=submit]")).first().click();
    await page.locator("#f-name-fault").waitFor();
    await both(page, "form with faults");
    await page.locator("#f-name").fill("新港避难点（示例）");
    await page.locator("#f-capacity").fill("120");
    await page.getByRole("button", { name: "在地图上选" }).click();
    await page.locator(".picker .type input").first().fill("117°48′18.4″");
    await page.locator(".picker .type input").last().fill("39.0102");
    await page.locator(".picker .type button").click();
    await page.locator(".picker .vertices li", { hasText: "117.805111, 39.010200" }).waitFor();
    const map = await page.locator(".picker canvas").boundingBox();
    await page.waitForTimeout(700); // the map flies for 400 ms
    await page.mouse.click(map.x + map.width * 0.4, map.y + map.height * 0.4);
    await page.waitForFunction(() => !document.querySelector(".picker .vertices li")?.textContent.includes("117.805111"));
    await sound(page, "place picker");
    await keeper.picture("place-picker");
    await page.getByRole("button", { name: "用这个位置" }).click();
    await page.locator("footer button[type=submit]").click();
    await saved(page);
    const id = page.url().split("/").at(-1).split("?")[0];
    assert.match(id, /^[0-9a-f-]{36}$/);
    step("a record is made with a place from the map");

    // Somebody else is faster: mine and theirs.
    const other = async (fields) => {
        const answer = await page.evaluate(async ([i, f]) => {
            const session = await (await fetch("/api/v1/session")).json();
            const now = await (await fetch(`/api/v1/records/shelter/${i}`)).json();
            const r = await fetch(`/api/v1/records/shelter/${i}`, { method: "PATCH", headers: { "Content-Type": "application/json", "X-Anlan-Csrf": session.csrf, "If-Match": `"${now.revision}"` }, body: JSON.stringify({ fields: f }) });
            return r.status;
        }, [id, fields]);
        assert.equal(answer, 200);
    };
    await page.getByRole("button", { name: "修改" }).first().click();
    await page.locator("#f-capacity").fill("150");
    await page.locator("#f-name_en").fill("Xingang Shelter (example)");
    await other({ capacity: 180 });
    await page.locator("footer button[type=submit]").click();
    await page.locator(".conflict").waitFor();
    await sound(page, "mine and theirs");
    await keeper.picture("mine-and-theirs");
    await page.locator(".conflict label", { hasText: "对方的" }).click();
    await page.getByRole("button", { name: "按所选合并" }).click();
    await page.locator("footer button[type=submit]").click();
    await page.locator(".toast", { hasText: "第 3 版" }).waitFor();
    const fields = await page.evaluate(async (i) => (await (await fetch(`/api/v1/records/shelter/${i}`)).json()).fields, id);
    assert.equal(fields.capacity, 180);
    assert.equal(fields.name_en, "Xingang Shelter (example)");
    step("two people at one record: theirs is kept where chosen, mine where they do not meet");
    await page.locator(".differences tr", { hasText: "容纳人数" }).filter({ hasText: "120" }).filter({ hasText: "180" }).waitFor();
    await both(page, "record with history");
    step("the history says field by field what was and what is");

    // A form with changes is not left without a word.
    await page.getByRole("button", { name: "修改" }).first().click();
    await page.locator("#f-capacity").fill("99");
    await page.getByRole("link", { name: "企业" }).first().click();
    await page.getByRole("heading", { name: "修改还没有保存" }).waitFor();
    await page.locator("dialog").getByRole("button", { name: "返回" }).click();
    assert.equal(await page.locator("#f-capacity").inputValue(), "99");
    await page.locator(".record-form footer").getByRole("button", { name: "放弃修改" }).click();
    await page.getByRole("button", { name: "删除这条记录" }).click();
    await page.locator("dialog button[type=submit]").click();
    await page.waitForURL((url) => !url.pathname.includes(id));
    assert.equal(await page.evaluate(async (i) => (await fetch(`/api/v1/records/shelter/${i}`)).status, id), 404);
    step("changes are not lost by a wrong step; a record is removed after a question");

    // A phone.
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${base}/ledger/vessel`);
    await page.waitForSelector("tbody tr");
    await sound(page, "list on a phone");
    await page.locator("tbody tr").first().click();
    await page.waitForSelector(".pane .fields");
    await sound(page, "record on a phone");
    await keeper.picture("record-phone");
    step("lists and records fit a phone");

    // The office.
    const auditor = await person(browser, base, auditor_link, zh);
    await auditor.page.goto(`${base}/office/journal`);
    await auditor.page.getByRole("button", { name: "校验整条链" }).click();
    await auditor.page.getByText("全部对得上").waitFor();
    await auditor.page.locator(".proof summary").click();
    await both(auditor.page, "journal of the auditor");
    await duty.page.goto(`${base}/office/journal`);
    await duty.page.waitForSelector(".journal tbody tr");
    await duty.page.locator(".journal tbody tr").nth(1).click();
    await duty.page.waitForSelector(".detail");
    await both(duty.page, "journal");
    step("the journal is read, and proves itself");
    const system = await person(browser, base, system_link, zh);
    await system.page.locator(".health, main h1").first().waitFor();
    await both(system.page, "an administrator's home");
    await system.page.goto(`${base}/office/health`);
    await system.page.waitForSelector(".health .cards b");
    assert.equal(await system.page.locator("header nav a").count(), 1, "an administrator sees the office alone");
    await both(system.page, "system health");
    step("the system administrator sees the office alone, and how the system fares");

    // Doors and the rest.
    await duty.page.goto(`${base}/incidents`);
    await duty.page.waitForSelector(".incidents, main, section");
    await both(duty.page, "incidents");
    const stranger = await (await browser.newContext({ viewport: { width: en.width, height: en.height } })).newPage();
    await stranger.goto(`${base}/sign-in`);
    await stranger.waitForSelector("form");
    await sound(stranger, "sign-in");
    assert.deepEqual(faults, [], "accessibility and width");
    step("every screen passes axe, in both themes and languages, and fits its window");
    assert.deepEqual([duty.errors, keeper.errors, auditor.errors, system.errors], [[], [], [], []], "errors in a page");
    step("no page threw an error");
} catch (error) {
    for (const [i, context] of browser.contexts().entries()) await context.pages()[0]?.screenshot({ path: `${pictures}/screens-failed-${i}.png`, timeout: 120_000 }).catch(() => {});
    console.error(error, faults);
    process.exitCode = 1;
} finally {
    await browser.close();
}
