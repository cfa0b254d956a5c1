"use strict";
(() => {
  const PAGE = 100;
  const RANK = { unsafe: 0, error: 1, failed: 2, inconclusive: 3, refused: 4 };
  const TONE = {
    unsafe: "bad", error: "bad", failed: "warn", inconclusive: "warn", refused: "warn", safe: "good", completed: "good",
    denied: "bad", reject: "bad", terminate: "bad", ask: "warn", escalate: "warn", held: "warn", triggered: "warn",
    crashed: "bad", allowed: "good", approve: "good", modify: "warn", ok: "good",
  };
  const byId = (id) => document.getElementById(id);
  const index = JSON.parse(byId("index").textContent);
  const cases = index.rows.map((row, number) => {
    const view = { number, place: index.places[number] };
    index.fields.forEach((field, at) => { view[field] = row[at]; });
    return view;
  });
  for (const view of cases) {
    view.rank = view.verdict in RANK ? RANK[view.verdict] : 9;
    view.words = [view.name, view.verdict, view.user_task, view.injection_task, view.vector, view.attack,
      view.stopped_by.join(" "), view.error].join(" ").toLowerCase();
  }
  const ordered = cases.slice().sort((a, b) => a.rank - b.rank || a.number - b.number);
  let found = ordered;
  let page = 0;

  // Text goes into the page as text nodes only: nothing from the evidence is ever parsed as markup.
  function make(tag, options, ...children) {
    const element = document.createElement(tag);
    const { className, ...rest } = options || {};
    if (className) element.className = className;
    for (const [name, value] of Object.entries(rest)) element.setAttribute(name, value);
    for (const child of children) if (child !== null && child !== undefined && child !== "") element.append(child);
    return element;
  }
  const pill = (value) => make("span", { className: "pill " + (Object.hasOwn(TONE, value) ? TONE[value] : "plain") }, value);
  const pre = (value) => make("pre", { tabindex: "0" }, value);
  const count = (value) => value.toLocaleString("en-US");
  const yesNo = (value) => (value === null ? "unknown" : value ? "yes" : "no");
  const money = (value) => "$" + value.toFixed(4);

  function options(select, field) {
    select.append(make("option", { value: "" }, "all"));
    for (const value of [...new Set(cases.map((view) => view[field]))].sort()) {
      select.append(make("option", { value }, value));
    }
  }

  function rowOf(view) {
    const open = make("button", { type: "button", className: "link" }, view.name);
    open.addEventListener("click", () => { location.hash = "case-" + view.number; });
    const attack = [view.injection_task, view.vector, view.attack].filter(Boolean).join(", ");
    return make("tr", null,
      make("td", null, pill(view.verdict)), make("th", { scope: "row" }, open), make("td", { className: "detail" }, attack),
      make("td", { className: "detail" }, view.stopped_by.join(", ")), make("td", { className: "num" }, String(view.escalations)),
      make("td", { className: "num" }, String(view.tool_calls)), make("td", { className: "num" }, count(Math.round(view.latency_ms))),
      make("td", { className: "num" }, money(view.cost_usd)));
  }

  function draw() {
    const from = page * PAGE;
    const part = found.slice(from, from + PAGE);
    byId("rows").replaceChildren(...part.map(rowOf));
    byId("shown").textContent = found.length
      ? `Cases ${count(from + 1)} to ${count(from + part.length)} of ${count(found.length)}` +
        (found.length < cases.length ? ` (filtered from ${count(cases.length)})` : "")
      : "No case fits the filter.";
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    byId("page").textContent = `Page ${page + 1} of ${pages}`;
    byId("prev").disabled = page === 0;
    byId("next").disabled = page + 1 >= pages;
  }

  function filter() {
    const words = byId("f-text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = ["verdict", "suite", "mode"].map((field) => [field, byId("f-" + field).value]).filter(([, value]) => value);
    found = ordered.filter((view) => wanted.every(([field, value]) => view[field] === value) &&
      words.every((word) => view.words.includes(word)));
    page = 0;
    draw();
  }

  const blocks = new Map();
  async function inflate(number) {
    if (!blocks.has(number)) {
      const packed = atob(JSON.parse(byId("block-" + number).textContent));
      const bytes = Uint8Array.from(packed, (char) => char.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      blocks.set(number, await new Response(stream).json());
    }
    return blocks.get(number);
  }

  const step = (kind, title, ...children) => make("li", { className: "step " + kind }, make("h3", null, title), ...children);

  function decisions(list) {
    const head = ["Decision", "By", "Rule", "Argument", "Origin", "Why"].map((name) => make("th", { scope: "col" }, name));
    const rows = list.map((entry) => make("tr", null, make("td", null, pill(entry.outcome)),
      ...["guard", "rule", "argument", "origin", "reason"].map((name) => make("td", null, entry[name] || ""))));
    return make("table", null, make("thead", null, make("tr", null, ...head)), make("tbody", null, ...rows));
  }

  const DRAW = {
    start: (s) => [step("user", "The user's task", pre(s.prompt)),
      ...s.injections.map(([vector, text]) => step("injected", "Injected by the attacker at " + vector, pre(text)))],
    sent: (s) => [make("li", { className: "step" }, make("details", null,
      make("summary", null, `Sent to ${s.model || "the model"}: ${s.messages.length} new message(s), ${count(s.bytes || 0)} bytes`),
      ...s.messages.flatMap((message) => [make("h4", null, message.role), pre(message.text)])))],
    model: (s) => [step("model", "Model " + s.model, s.text ? pre(s.text) : null,
      make("p", { className: "detail" }, `${s.stop}; ${s.tokens[0]} tokens in, ${s.tokens[1]} out; ${money(s.cost || 0)}; ` +
        `${count(Math.round(s.ms || 0))} ms ${s.source}`))],
    tool: (s) => [step(s.attacker ? "attacker" : "tool",
      (s.attacker ? "The attacker's call: " : "Tool call: ") + s.tool + (s.effect ? ` (${s.effect})` : ""),
      pre(s.arguments), s.decisions.length ? make("h4", null, "Decided") : null,
      s.decisions.length ? decisions(s.decisions) : null,
      s.status ? make("h4", null, "What the model was given ", pill(s.status)) : null, s.status ? pre(s.result) : null)],
    guard: (s) => [step("guard", `Guard ${s.guard} at ${s.stage} of ${s.source}`,
      make("p", { className: "detail" }, pill(s.status), ` ${s.action}, rule ${s.rule}, score ${s.score}: ${s.reason}`))],
    answer: (s) => [step("answer", "Final answer", pre(s.text),
      s.changed ? make("h4", null, "What the user was shown") : null, s.changed ? pre(s.shown) : null)],
    note: (s) => [step("note", s.level, make("p", { className: "detail" }, s.text))],
  };

  function about(view) {
    const pairs = [["Verdict", pill(view.verdict)], ["User task", view.user_task], ["User's task done", yesNo(view.utility)]];
    if (view.kind === "attack") {
      pairs.push(["Attacker's goal", view.injection_task], ["Vector", view.vector], ["Attack", view.attack],
        ["Delivered", yesNo(view.delivered)], ["Exposed", yesNo(view.exposed)], ["Stopped by", view.stopped_by.join(", ") || "nobody"]);
    }
    pairs.push(["Asked a person", String(view.escalations)], ["Tool calls", String(view.tool_calls)], ["Tokens", count(view.tokens)],
      ["Cost", money(view.cost_usd)], ["Latency", count(Math.round(view.latency_ms)) + " ms"]);
    if (view.error) pairs.push(["Error", view.error]);
    return make("dl", { className: "facts" },
      ...pairs.map(([label, value]) => make("div", null, make("dt", null, label), make("dd", null, value))));
  }

  async function show(view) {
    const dialog = byId("case");
    const list = make("ol", { className: "steps" });
    byId("case-name").textContent = view.name;
    byId("case-body").replaceChildren(about(view), list);
    if (!dialog.open) dialog.showModal();
    try {
      if (!view.place) throw new Error("The transcript of this case was left out to keep the page small.");
      const steps = (await inflate(view.place[0]))[view.place[1]];
      list.replaceChildren(...steps.flatMap((entry) => (Object.hasOwn(DRAW, entry.k) ? DRAW[entry.k](entry) : [])));
    } catch (error) {
      list.replaceChildren(step("note", "No transcript here", make("p", { className: "detail" }, error.message)));
    }
    dialog.scrollTop = 0;
  }

  function route() {
    const match = /^#case-(\d+)$/.exec(location.hash);
    const view = match && cases[Number(match[1])];
    if (view) show(view); else if (byId("case").open) byId("case").close();
  }

  for (const field of ["verdict", "suite", "mode"]) {
    options(byId("f-" + field), field);
    byId("f-" + field).addEventListener("change", filter);
  }
  byId("f-text").addEventListener("input", filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => setTimeout(filter));
  byId("prev").addEventListener("click", () => { page -= 1; draw(); });
  byId("next").addEventListener("click", () => { page += 1; draw(); });
  byId("close").addEventListener("click", () => byId("case").close());
  byId("case").addEventListener("close", () => {
    if (location.hash.startsWith("#case-")) history.replaceState(null, "", "#cases");
  });
  window.addEventListener("hashchange", route);
  byId("browser").hidden = false;
  draw();
  route();
})();
