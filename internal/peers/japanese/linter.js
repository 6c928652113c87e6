// Lints texts by textlint with preset-ja-technical-writing. The working directory has both in node_modules.
//
// Standard input: a text a line, {"text": text, "warm": true where it is to be linted before the clock runs}.
// Standard output: {"start", "work": {"cpu", "wall"} in seconds, "memory": bytes at the peak,
// "results": [{rule: number of findings}, ...]}.
"use strict";

const { readFileSync } = require("node:fs");
const { TextlintKernelDescriptor } = require("@textlint/kernel");
const { moduleInterop } = require("@textlint/module-interop");
const { createLinter } = require("textlint");
const preset = moduleInterop(require("textlint-rule-preset-ja-technical-writing"));
const plugin = moduleInterop(require("@textlint/textlint-plugin-text"));

const clock = () => {
  const { user, system } = process.cpuUsage();
  return { cpu: (user + system) / 1e6, wall: performance.now() / 1e3 };
};
const between = (a, b) => ({ cpu: b.cpu - a.cpu, wall: b.wall - a.wall });

// Unlike the maximum of resourceUsage, VmHWM does not begin with the memory of the process that started this one.
const peak = () => Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;

async function main() {
  const rules = Object.keys(preset.rules).map((ruleId) => ({
    ruleId,
    rule: preset.rules[ruleId],
    options: preset.rulesConfig[ruleId],
  }));
  const descriptor = new TextlintKernelDescriptor({ rules, filterRules: [], plugins: [{ pluginId: "text", plugin }] });
  const linter = createLinter({ descriptor });
  const lint = async (text) => {
    const counts = {};
    const { messages } = await linter.lintText(text, "text.txt");
    for (const { ruleId } of messages) counts[ruleId] = (counts[ruleId] ?? 0) + 1;
    return counts;
  };
  await lint("本です。"); // the dictionary is loaded with the first text
  const start = clock();

  const lines = readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  for (const { text } of lines.filter(({ warm }) => warm)) await lint(text);
  const before = clock();
  const results = [];
  for (const { text } of lines.filter(({ warm }) => !warm)) results.push(await lint(text));
  const work = between(before, clock());
  process.stdout.write(JSON.stringify({ start, work, memory: peak(), results }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
