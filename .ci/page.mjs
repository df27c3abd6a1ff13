// node page.mjs CHROMIUM KEYS...: the checks of interop-page for KEYS.html.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [executablePath, ...pages] = process.argv.slice(2);
const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
let failures = 0;
const check = (ok, what) => {
  if (!ok) { failures++; console.log("FAIL", what); }
};

for (const name of pages) {
  for (const width of [390, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      for (const javaScriptEnabled of [true, false]) {
        const where = `${name} keys, ${width} px, ${colorScheme}, script ${javaScriptEnabled ? "on" : "off"}`;
        // axe is put into the page, which its policy forbids everybody else.
        const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled, bypassCSP: true });
        const page = await context.newPage();
        page.on("console", (m) => check(m.type() !== "error", `${where}: ${m.text()}`));
        page.on("request", (r) => check(r.url().startsWith("file:"), `${where}: asks for ${r.url()}`));
        await page.goto(`file://${process.cwd()}/${name}.html`);
        const size = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
        check(size[0] <= width, `${where}: ${size[0]} px wide`);
        check(size[1] <= 20000, `${where}: ${size[1]} px high`);
        // axe waits for timers, which do not run where scripts are off.
        if (javaScriptEnabled) {
          await page.evaluate(axe);
        }
        for (const unfolded of [false, true]) {
          if (unfolded) {
            await page.evaluate(() => [...document.querySelectorAll("details.key, section > details")].slice(0, 8).forEach((d) => { d.open = true; }));
          }
          if (!javaScriptEnabled) {
            continue;
          }
          const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
          for (const v of result.violations) {
            check(false, `${where}: ${v.id}: ${v.nodes[0].html.slice(0, 200)}`);
          }
        }
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth);
        check(overflow <= width, `${where}: ${overflow} px wide when unfolded`);
        if (name !== "1") {
          const shown = () => page.evaluate(() => [...document.querySelectorAll(".key")].filter((k) => getComputedStyle(k).display !== "none").length);
          const all = await shown();
          if (javaScriptEnabled) {
            await page.check("#show-history");
          } else {
            await page.evaluate(() => { document.querySelector("#show-history").checked = true; });
          }
          const some = await shown();
          check(some > 0 && some < all, `${where}: the filter shows ${some} of ${all} keys`);
        }
        await context.close();
      }
    }
  }
}
await browser.close();
console.log(failures === 0 ? "ok" : `${failures} failures`);
process.exit(failures === 0 ? 0 : 1);
