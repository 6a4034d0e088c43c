// The chat page: speaks OpenAI's API to its own origin, streams answers, sends thumbs and picks.

const at = (id) => document.getElementById(id);
const chat = at("chat");
const KEY = "thumbwheel.key";
const PERSON = "thumbwheel.person";

// Drawn and not an emoji, which not every machine has a font for.
const THUMB =
  '<svg viewBox="0 0 24 24"><path d="M2 10h4v11H2zM8 21h9.6c.9 0 1.7-.5 2-1.400l2.300-7.200c.1-.3.1-.5.1-.7V11c0-1.100-.9-2-2-2h-5.700l.9-4.300c.1-.7-.1-1.400-.6-1.900L14 2 8.600 8.400C8.200 8.800 8 9.300 8 9.800z"/></svg>';

// Who votes: one name per browser, so that a second thumb replaces the first.
const person = localStorage.getItem(PERSON) ?? crypto.randomUUID();
localStorage.setItem(PERSON, person);

let conversation = crypto.randomUUID();
let messages = [];
let busy = false;

function headers() {
  return { "Content-Type": "application/json", Authorization: `Bearer ${localStorage.getItem(KEY)}` };
}

function element(tag, parent, text = "", name = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = name;
  parent.append(made);
  return made;
}

function askForKey() {
  at("key").value = "";
  at("door").showModal();
}

at("enter").addEventListener("submit", () => localStorage.setItem(KEY, at("key").value.trim()));
at("forget").addEventListener("click", askForKey);
at("fresh").addEventListener("click", () => {
  if (busy) return;
  conversation = crypto.randomUUID();
  messages = [];
  chat.replaceChildren();
  at("text").focus();
});
at("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    at("ask").requestSubmit();
  }
});
at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("text").value.trim();
  if (!text || busy) return;
  if (!localStorage.getItem(KEY)) return askForKey();
  at("text").value = "";
  turn(text);
});

async function turn(text) {
  busy = true;
  at("send").disabled = true;
  chat.querySelector(".hint")?.remove();
  element("div", chat, text, "mine");
  messages.push({ role: "user", content: text });
  const n = at("two").checked ? 2 : 1;
  const box = element("div", chat, "", n === 2 ? "answers two" : "answers");
  const answers = Array.from({ length: n }, () => {
    const card = element("div", box, "", "answer live");
    return { card, line: element("p", card), text: "" };
  });
  chat.scrollTop = chat.scrollHeight;
  try {
    const id = await stream(n, answers);
    const reply = { role: "assistant", content: answers[0].text };
    messages.push(reply);
    answers.forEach((answer) => answer.card.classList.remove("live"));
    if (n === 2) offerPick(box, answers, id, reply);
    else offerThumbs(answers[0], id);
  } catch (error) {
    messages.pop();
    box.remove();
    element("p", chat, error.message, "error");
    at("text").value = text;
    if (error.status === 401) askForKey();
  }
  chat.scrollTop = chat.scrollHeight;
  busy = false;
  at("send").disabled = false;
  at("text").focus();
}

async function stream(n, answers) {
  const response = await fetch("v1/chat/completions", {
    method: "POST",
    headers: headers(),
    body: JSON.stringify({
      model: "policy", messages, n, stream: true, conversation, user: person, store: at("consent").checked,
      temperature: at("temperature").valueAsNumber,
    }),
  });
  if (!response.ok) throw await failure(response);
  let id;
  let rest = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const events = (rest + part.value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.replace(/^data: /, "");
      if (data === "[DONE]") continue;
      const chunk = JSON.parse(data);
      if (chunk.error) throw new Error(chunk.error.message);
      id = chunk.id;
      at("release").textContent = chunk.system_fingerprint;
      for (const choice of chunk.choices) {
        const answer = answers[choice.index];
        answer.text += choice.delta.content ?? "";
        answer.line.textContent = answer.text;
      }
    }
    chat.scrollTop = chat.scrollHeight;
  }
  return id;
}

async function failure(response) {
  const body = await response.json().catch(() => ({}));
  const error = new Error(body.error?.message ?? body.detail ?? `the service answered ${response.status}`);
  error.status = response.status;
  return error;
}

async function tell(opinion, note) {
  note.textContent = "…";
  const response = await fetch("v1/feedback", {
    method: "POST",
    headers: headers(),
    body: JSON.stringify({ ...opinion, rater: { id: person }, consent: at("consent").checked }),
  });
  note.textContent = response.ok ? "thank you" : (await failure(response)).message;
  return response.ok;
}

function offerThumbs(answer, id) {
  const acts = element("div", answer.card, "", "acts");
  const buttons = [["up", "Good answer"], ["down", "Bad answer"]].map(([value, title]) => {
    const button = element("button", acts, "", value);
    button.type = "button";
    button.title = title;
    button.setAttribute("aria-label", title);
    button.innerHTML = THUMB;
    button.addEventListener("click", async () => {
      if (await tell({ completion_id: id, kind: "thumb", choice: 0, value }, note)) {
        buttons.forEach((other) => other.classList.toggle("on", other === button));
      }
    });
    return button;
  });
  const note = element("span", acts);
}

function offerPick(box, answers, id, reply) {
  const shown = answers.map((_, index) => index);
  const verdict = element("div", box, "", "verdict");
  const done = (chosen) => {
    answers.forEach((answer, index) => {
      answer.card.classList.toggle("chosen", index === chosen);
      answer.card.classList.toggle("left", typeof chosen === "number" && index !== chosen);
    });
    // The conversation goes on from the better answer.
    if (typeof chosen === "number") reply.content = answers[chosen].text;
  };
  const pick = async (chosen) => {
    if (await tell({ completion_id: id, kind: "pick", chosen, shown }, note)) done(chosen);
  };
  answers.forEach((answer, index) => {
    const acts = element("div", answer.card, "", "acts");
    const button = element("button", acts, "This one is better");
    button.type = "button";
    button.addEventListener("click", () => pick(index));
  });
  [["tie", "Equally good"], ["both_bad", "Both bad"]].forEach(([chosen, label]) => {
    const button = element("button", verdict, label);
    button.type = "button";
    button.addEventListener("click", () => pick(chosen));
  });
  const note = element("span", verdict);
}

if (!localStorage.getItem(KEY)) askForKey();
