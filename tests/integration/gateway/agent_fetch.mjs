// The same agent in another language: nothing but fetch, streamed answers parsed by hand.
import { appendFileSync, readFileSync } from "node:fs";

const TOOLS = [
  { name: "read_note", description: "Read a note of the user.", input_schema: { type: "object", properties: { name: { type: "string" } } } },
  { name: "send_mail", description: "Send an email to somebody.", input_schema: { type: "object", properties: { to: { type: "string" }, body: { type: "string" } } } },
];
const RUN = {
  read_note: ({ name }) => readFileSync(`${name}.txt`, "utf8"),
  send_mail: ({ to, body }) => (appendFileSync("sent", `${to}: ${body}\n`), "sent"),
};

async function ask(messages) {
  const response = await fetch(`${process.env.ANTHROPIC_BASE_URL}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": process.env.ANTHROPIC_API_KEY, "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ model: "claude-haiku-4-5", max_tokens: 500, stream: true, tools: TOOLS, messages }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const blocks = [];
  for (const line of (await response.text()).split("\n").filter((l) => l.startsWith("data: "))) {
    const event = JSON.parse(line.slice(6));
    if (event.type === "content_block_start") blocks[event.index] = { ...event.content_block, json: "" };
    if (event.type === "content_block_delta" && event.delta.text) blocks[event.index].text += event.delta.text;
    if (event.type === "content_block_delta" && event.delta.partial_json) blocks[event.index].json += event.delta.partial_json;
  }
  return blocks.map(({ json, ...block }) => (json ? { ...block, input: JSON.parse(json) } : block));
}

const messages = [{ role: "user", content: process.argv[2] }];
for (;;) {
  const content = await ask(messages);
  messages.push({ role: "assistant", content });
  const calls = content.filter((block) => block.type === "tool_use");
  if (!calls.length) break;
  messages.push({ role: "user", content: calls.map((c) => ({ type: "tool_result", tool_use_id: c.id, content: RUN[c.name](c.input) })) });
}
console.log(JSON.stringify(messages.at(-1).content.map((block) => block.text)));
