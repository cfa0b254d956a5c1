// A support agent in JavaScript, on nothing but fetch: node agent.mjs "Summarise ticket 17"
import { appendFileSync, readFileSync } from "node:fs";

const object = (properties) => ({ type: "object", properties, required: Object.keys(properties) });
const text = { type: "string" };
const TOOLS = [
  { name: "read_ticket", description: "Read what a customer wrote.", input_schema: object({ number: { type: "integer" } }) },
  { name: "send_email", description: "Send an e-mail to a customer.", input_schema: object({ to: text, body: text }) },
  { name: "cancel_order", description: "Cancel an order and delete it for good.", input_schema: object({ order_id: text }) },
];
const RUN = {
  read_ticket: ({ number }) => readFileSync(`data/tickets/${number}.txt`, "utf8"),
  send_email: ({ to, body }) => (appendFileSync("data/sent.txt", `To: ${to}\n\n${body}\n`), `sent to ${to}`),
  cancel_order: ({ order_id }) => (appendFileSync("data/cancelled.txt", `${order_id}\n`), `cancelled ${order_id}`),
};

async function ask(messages) {
  const response = await fetch(`${process.env.ANTHROPIC_BASE_URL ?? "https://api.anthropic.com"}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", "x-api-key": process.env.ANTHROPIC_API_KEY },
    body: JSON.stringify({ model: "claude-sonnet-5-5", max_tokens: 1024, tools: TOOLS, messages }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()).content;
}

const messages = [{ role: "user", content: process.argv[2] }];
for (;;) {
  const content = await ask(messages);
  messages.push({ role: "assistant", content });
  const calls = content.filter((block) => block.type === "tool_use");
  if (!calls.length) {
    console.log(content.map((block) => block.text).join("\n"));
    break;
  }
  messages.push({
    role: "user",
    content: calls.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: RUN[call.name](call.input) })),
  });
}
