// OpenAI's own client for JavaScript against serving, unchanged. Run by OpenAiJavaScriptIT, which
// says where serving is and what its releases are.

import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";

const { BASE_URL, API_KEY, RELEASE } = process.env;
const client = connect(API_KEY);

function connect(apiKey) {
  return new OpenAI({ baseURL: BASE_URL, apiKey, maxRetries: 0, timeout: 30_000 });
}

// Greedy, the release answers "youyou…".
function hello(more = {}) {
  return {
    model: RELEASE, messages: [{ role: "user", content: "hello" }], temperature: 0, max_completion_tokens: 6, ...more,
  };
}

test("a chat is answered", async () => {
  const answer = await client.chat.completions.create(hello({ n: 2 }));
  assert.equal(answer.choices.length, 2);
  assert.equal(answer.choices[1].message.content, "youyou");
  assert.equal(answer.choices[1].finish_reason, "length");
  assert.equal(answer.usage.total_tokens, 8 + 12);
  assert.equal(answer.system_fingerprint, RELEASE);
  assert.match(answer._request_id, /^[0-9a-f-]{36}$/);
});

test("a stream is read, its usage last", async () => {
  const stream = await client.chat.completions.create(
    hello({ stream: true, stream_options: { include_usage: true } }));
  let text = "";
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
    text += chunk.choices[0]?.delta.content ?? "";
  }
  assert.equal(text, "youyou");
  assert.equal(chunks[0].choices[0].delta.role, "assistant");
  assert.equal(chunks.at(-2).choices[0].finish_reason, "length");
  assert.deepEqual(chunks.at(-1).choices, []);
  assert.equal(chunks.at(-1).usage.completion_tokens, 6);
});

test("the client's stream helper puts the chunks together", async () => {
  const runner = client.chat.completions.stream(hello());
  assert.equal(await runner.finalContent(), "youyou");
  const final = await runner.finalChatCompletion();
  assert.equal(final.choices[0].finish_reason, "length");
});

test("a stop text ends the answer and is not in it", async () => {
  const answer = await client.chat.completions.create(hello({ stop: ["uy"] }));
  assert.equal(answer.choices[0].message.content, "yo");
  assert.equal(answer.choices[0].finish_reason, "stop");
});

test("a seed repeats an answer", async () => {
  const asked = hello({ temperature: 1, seed: 7, max_completion_tokens: 12 });
  const [first, again] = [await client.chat.completions.create(asked), await client.chat.completions.create(asked)];
  assert.equal(again.choices[0].message.content, first.choices[0].message.content);
});

test("log-probs are read", async () => {
  const answer = await client.chat.completions.create(hello({ logprobs: true, top_logprobs: 3 }));
  const tokens = answer.choices[0].logprobs.content;
  assert.equal(tokens.map((token) => token.token).join(""), "youyou");
  assert.deepEqual(tokens[0].bytes, ["y".charCodeAt(0)]);
  assert.equal(tokens[0].top_logprobs.length, 3);
  assert.equal(tokens[0].top_logprobs[0].logprob, tokens[0].logprob);
});

test("an abort in the middle ends the stream", async () => {
  const stream = await client.chat.completions.create(hello({ stream: true, max_completion_tokens: 200 }));
  let chunks = 0;
  for await (const _ of stream) {
    chunks += 1;
    if (chunks === 2) stream.controller.abort();
  }
  assert.ok(chunks >= 2 && chunks < 200, `${chunks} chunks`);
  // The slot is free again: the next one is answered.
  assert.equal((await client.chat.completions.create(hello())).choices[0].message.content, "youyou");
});

test("an abort before the answer is the client's own error", async () => {
  const controller = new AbortController();
  const asked = client.chat.completions.create(hello({ max_completion_tokens: 240 }), { signal: controller.signal });
  controller.abort();
  await assert.rejects(asked, OpenAI.APIUserAbortError);
});

test("a plain completion is answered, whole and as a stream", async () => {
  const asked = { model: RELEASE, prompt: "Once", temperature: 0, max_tokens: 5 };
  const answer = await client.completions.create(asked);
  let text = "";
  for await (const chunk of await client.completions.create({ ...asked, stream: true })) {
    text += chunk.choices[0].text;
  }
  assert.equal(answer.usage.completion_tokens, 5);
  assert.equal(text, answer.choices[0].text);
});

test("models are listed and shown", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.ok(ids.includes("policy") && ids.includes(RELEASE), ids.join());
  assert.equal((await client.models.retrieve("policy")).owned_by, "thumbwheel");
  await assert.rejects(client.models.retrieve("gpt-9"), OpenAI.NotFoundError);
});

test("errors are the client's own", async () => {
  await assert.rejects(client.chat.completions.create(hello({ n: 99 })), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.status, 400);
    assert.equal(error.code, "invalid_value");
    assert.equal(error.param, "n");
    assert.equal(error.type, "invalid_request_error");
    assert.match(error.message, /between 1 and 16/);
    return true;
  });
  await assert.rejects(
    client.chat.completions.create(hello({ stream: true, tools: [{ type: "function", function: { name: "f" } }] })),
    (error) => error instanceof OpenAI.BadRequestError && error.param === "tools");
  await assert.rejects(connect("nobody").models.list(), OpenAI.AuthenticationError);
});

test("a kept conversation goes on, is shown and forgotten", async () => {
  const conversation = `js-${process.pid}-${Date.now()}`;
  await client.chat.completions.create(hello({ conversation, conversation_history: true }));
  const second = await client.chat.completions.create(hello({ conversation, conversation_history: true }));
  assert.deepEqual(
    second.conversation, { id: conversation, history: "ok", turns_used: 1, turns_dropped: 0, kept: true });
  assert.equal((await client.conversations.retrieve(conversation)).messages.length, 4);
  assert.equal((await client.conversations.delete(conversation)).deleted, true);
  await assert.rejects(client.conversations.retrieve(conversation), OpenAI.NotFoundError);
});
