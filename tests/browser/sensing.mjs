// The sensing network through Chromium: a station that nobody knows is adopted from quarantine, its reading is charted, a
// rule about it is tried, switched on, and raises the alarm that the duty officer shelves. Every screen on the way is
// checked by axe. Usage: sensing.mjs <base url> <pictures folder> <link secrets of keeper, duty> <address of the station>
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { both, faults, launch, person, sound, step } from "./browser.mjs";

const [base, pictures, keeper_link, duty_link, address] = process.argv.slice(2);
const browser = await launch();
const zh = { language: "zh", theme: "dark", width: 1366, height: 768, pictures };
const toast = (page, text) => page.locator(".toast", { hasText: text }).last().waitFor();

try {
    const keeper = await person(browser, base, keeper_link, zh);
    const page = keeper.page;
    await page.getByRole("link", { name: "监测预警" }).click();
    await page.waitForSelector(".devices .line");
    assert.ok((await page.locator(".devices tbody .line").count()) < 60, "of a long list only what is in sight is in the page");
    await both(page, "devices");
    await page.locator(".states button", { hasText: "正常" }).click();
    await page.waitForURL(/state=online/);
    step("the devices are listed with their health");

    // Quarantine: one press proposes, one press on the map places, one press adopts.
    await page.goto(`${base}/monitoring/quarantine`);
    const stranger = page.locator(".stranger", { hasText: address });
    await stranger.waitFor();
    await stranger.getByRole("button", { name: "样例帧" }).click();
    await stranger.locator("pre", { hasText: "a21001" }).waitFor();
    await both(page, "quarantine");
    await stranger.getByRole("button", { name: "接入", exact: true }).click();
    await page.locator(".adopt li", { hasText: "a21001" }).waitFor();
    const map = await page.locator(".adopt canvas").boundingBox();
    await page.mouse.click(map.x + map.width * 0.5, map.y + map.height * 0.5);
    await page.locator(".adopt .ask", { hasText: "位置已定" }).waitFor();
    await sound(page, "adoption");
    await keeper.picture("adoption");
    // Which quantity a factor is, the protocol says.
    const property = page.locator(".adopt li select").first();
    assert.equal(await property.inputValue(), "nh3");
    await page.locator(".adopt button[type=submit]").click();
    await page.waitForURL(/\/monitoring\/device\//);
    await page.locator(".device h1", { hasText: address }).waitFor();
    step("a station that nobody knew is a device with a place after two presses");

    // Its reading, charted.
    const line = page.locator(".stream-line", { hasText: "a21001" });
    await line.locator(".value b").filter({ hasText: /\d/ }).waitFor();
    await both(page, "device");
    await line.click();
    await page.waitForURL(/\/monitoring\/stream\//);
    await page.locator(".lasts button", { hasText: "1 小时" }).click();
    await page.locator(".period-chart path.line, .period-chart circle.point").first().waitFor({ state: "attached" });
    const heard = async () => Number((await page.locator(".facts dd").first().innerText()).replaceAll(",", ""));
    const before = await heard();
    await page.waitForFunction((n) => Number(document.querySelector(".facts dd")?.textContent?.replaceAll(",", "")) > n, before);
    step("the curve grows while one looks at it");
    await both(page, "stream");
    const chart = await page.locator(".period-chart svg").boundingBox();
    await page.mouse.move(chart.x + chart.width * 0.7, chart.y + chart.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(chart.x + chart.width - 16, chart.y + chart.height * 0.5, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=.*until=/);
    await page.goBack();
    await page.waitForURL(/last=1h/);
    await page.getByRole("button", { name: "表格" }).click();
    await page.locator(".stream table .line").first().waitFor();
    await sound(page, "stream as a table");
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "存为 CSV" }).click();
    await page.getByRole("button", { name: "屏上的曲线" }).click();
    const lines = readFileSync(await (await saved).path(), "utf8").trim().split("\r\n");
    assert.ok(lines.length > 1 && /^\d{4}-\d\d-\d\dT.*Z,/.test(lines[1]), lines.slice(0, 2).join(" "));
    step("a stretch is looked at closer, read as a table and saved");

    // A rule: written, tried, kept, switched on.
    await page.goto(`${base}/monitoring/rules/new`);
    await page.locator(".rule-editor footer button[type=submit]").click();
    await page.locator(".rule-editor .said-wrong").first().waitFor();
    await both(page, "a new rule with faults");
    await page.locator(".rule-editor label.field input").first().fill("环境站氨（试用）");
    await page.locator("#rule-property").selectOption("nh3");
    await page.locator("#rule-device-type").selectOption("environment_station");
    const level = page.locator(".level-editor").first();
    await level.getByLabel("限值", { exact: true }).fill("8");
    await level.getByLabel("低于多少恢复").fill("9");
    await level.getByText("恢复值要在限值之内").waitFor();
    await level.getByLabel("低于多少恢复").fill("6");
    await page.locator(".trial .lasts button", { hasText: "1 小时" }).click();
    // Until the station has swung over the limit once.
    for (let tries = 0; tries < 20; ++tries) {
        await page.getByRole("button", { name: "试算", exact: true }).click();
        await page.locator(".trial .sum").waitFor();
        if (/本会报警 \d+ 次/.test(await page.locator(".trial .sum").innerText())) break;
        await page.waitForTimeout(2000);
    }
    assert.match(await page.locator(".trial .sum").innerText(), /本会报警 \d+ 次/);
    assert.ok((await page.locator(".trial-line rect").count()) > 0, "the alarms stand on the time line");
    await sound(page, "trial");
    await keeper.picture("rule-trial");
    step("what the rule would have raised stands on a time line before it is switched on");
    await page.locator(".rule-editor footer button[type=submit]").click();
    await page.waitForURL(/\/monitoring\/rules\/[0-9a-f-]{36}/);
    await page.getByRole("button", { name: "启用", exact: true }).click();
    await toast(page, "已启用");
    await both(page, "rule");

    // The duty officer: the alarm comes, is noted and shelved with an end.
    const duty = await person(browser, base, duty_link, zh);
    const row = duty.page.locator(".duty-row", { hasText: "氨二级报警" }).first();
    await row.waitFor();
    await row.click();
    await both(duty.page, "the desk with an alarm");
    await duty.page.keyboard.press("s");
    await duty.page.locator("dialog textarea").fill("站点正在校准");
    await sound(duty.page, "shelving");
    await duty.page.locator("dialog button[type=submit]").click();
    await duty.page.locator(".tabs button", { hasText: "已搁置" }).click();
    await duty.page.locator(".duty-row", { hasText: "氨二级报警" }).waitFor();
    await duty.page.keyboard.press("x");
    await duty.page.locator("dialog").getByRole("button", { name: "正在用电台" }).click();
    await duty.page.locator("dialog button[type=submit]").click();
    await duty.page.locator(".mute", { hasText: "静音" }).waitFor();
    await duty.picture("desk-shelved");
    step("the alarm is shelved with a reason and an end, the sound muted with a reason");

    // Positions and coverage.
    await duty.page.goto(`${base}/monitoring/positions`);
    await duty.page.locator(".positions li button").first().waitFor();
    await both(duty.page, "positions");
    await duty.page.locator(".positions li button").first().click();
    await duty.page.locator(".track-bar").waitFor();
    await duty.page.locator(".track-bar .rail input, .track-bar .quiet").first().waitFor();
    await sound(duty.page, "a track");
    await duty.picture("track");
    await duty.page.goto(`${base}/monitoring/coverage`);
    await duty.page.locator(".coverage tbody tr").first().waitFor();
    await both(duty.page, "coverage");
    step("vehicles and ships are followed; the coverage is told by grid");

    // A phone.
    await page.setViewportSize({ width: 390, height: 844 });
    for (const [name, path] of [["devices", "devices"], ["quarantine", "quarantine"], ["rules", "rules"], ["positions", "positions"], ["coverage", "coverage"]]) {
        await page.goto(`${base}/monitoring/${path}`);
        await page.waitForSelector(".monitoring main h1");
        await page.waitForTimeout(500);
        await sound(page, `${name} on a phone`);
    }
    assert.deepEqual(faults, [], "accessibility and width");
    step("every screen passes axe, in both themes and languages, and fits its window");
    assert.deepEqual([keeper.errors, duty.errors], [[], []], "errors in a page");
    step("no page threw an error");
} catch (error) {
    for (const [i, context] of browser.contexts().entries()) await context.pages()[0]?.screenshot({ path: `${pictures}/sensing-failed-${i}.png`, timeout: 120_000 }).catch(() => {});
    console.error(error, faults);
    process.exitCode = 1;
} finally {
    await browser.close();
}
