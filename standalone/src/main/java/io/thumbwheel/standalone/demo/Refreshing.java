package io.thumbwheel.standalone.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The operator's part: waits until the trainer has what was sent, asks for a refresh of exactly
/// that, and waits for its end.
///
/// @param api the platform
/// @param status told what is going on
record Refreshing(ApiClient api, Consumer<String> status) {
    private static final Duration ARRIVAL = Duration.ofSeconds(60);

    /// Examples that no more come after are all there.
    private static final Duration QUIET = Duration.ofSeconds(5);

    /// How a run ended.
    ///
    /// @param run its id
    /// @param release what it published; null where it was refused
    /// @param reason why it was refused
    /// @param accuracy of its reward model on unseen raters, where it says
    record Ended(
            String run,
            @Nullable String release,
            @Nullable String reason,
            @Nullable Double accuracy) {}

    /// Waits until the dataset holds at least `picks` preferences, or nothing more has come for a
    /// while.
    JsonNode awaitExamples(long picks) throws ApiException, InterruptedException {
        long end = System.nanoTime() + ARRIVAL.toNanos();
        long changed = System.nanoTime();
        long before = -1;
        while (true) {
            JsonNode dataset = api.dataset();
            JsonNode counts = dataset.has("counts") ? dataset.get("counts") : dataset;
            long examples = counts.path("examples").asLong();
            long preferences = counts.path("by_kind").path("preference").asLong();
            status.accept("waiting for the examples: %d of %d picks".formatted(preferences, picks));
            if (examples != before) {
                before = examples;
                changed = System.nanoTime();
            }
            boolean quiet = System.nanoTime() - changed > QUIET.toNanos();
            if (preferences >= picks || quiet && examples > 0 || System.nanoTime() > end) {
                return dataset;
            }
            TimeUnit.MILLISECONDS.sleep(250);
        }
    }

    /// Asks for a refresh from the examples read so far.
    String begin(JsonNode dataset, long seed, DemoConfig config)
            throws ApiException, InterruptedException, DemoFailedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("seed", seed);
        if (config.steps() > 0) {
            body.put("steps", config.steps());
        }
        if (!config.refreshConfig().isEmpty()) {
            body.set("config", json(config.refreshConfig()));
        }
        JsonNode until = dataset.path("offsets").path(Topics.EXAMPLES.topic());
        if (until.isObject() && !until.isEmpty()) {
            body.set("examples_until", until);
        }
        return api.refresh(body);
    }

    private static JsonNode json(String text) throws DemoFailedException {
        try {
            return JsonMapper.builder().build().readTree(text);
        } catch (JsonProcessingException e) {
            throw new DemoFailedException(
                    "--refresh-config is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// Waits for the end of a run.
    ///
    /// @param endNanos when to wait no longer
    /// @throws DemoFailedException where it broke off
    Ended awaitEnd(String run, long endNanos)
            throws ApiException, InterruptedException, DemoFailedException {
        while (true) {
            JsonNode now = look(run);
            String state = now.path("state").asText();
            status.accept(describe(now));
            switch (state) {
                case "promoted" -> {
                    return new Ended(run, now.path("release").asText(), null, accuracy(now));
                }
                case "refused", "published", "cancelled" -> {
                    String reason = now.path("reason").asText(state);
                    return new Ended(run, null, reason, accuracy(now));
                }
                case "failed" ->
                        throw new DemoFailedException(
                                "refresh %s failed: %s"
                                        .formatted(run, now.path("reason").asText()));
                default -> {
                    if (System.nanoTime() > endNanos) {
                        String reason = "it did not end within the demo's time limit: ";
                        return new Ended(run, null, reason + describe(now), accuracy(now));
                    }
                }
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    /// A trainer that is restarting does not answer for a moment.
    private JsonNode look(String run) throws ApiException, InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try {
                return api.run(run);
            } catch (ApiException e) {
                if (attempt == 60) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(500);
            }
        }
    }

    private static String describe(JsonNode run) {
        StringBuilder text = new StringBuilder(run.path("phase").asText("starting"));
        if (run.path("steps").asInt() > 0) {
            text.append(" %d/%d".formatted(run.path("step").asInt(), run.path("steps").asInt()));
        }
        for (String name : new String[] {"objective/scores", "objective/kl"}) {
            JsonNode value = run.path("metrics").path(name);
            if (value.isNumber()) {
                text.append(" · %s %.2f".formatted(name, value.asDouble()));
            }
        }
        return text.toString();
    }

    private static @Nullable Double accuracy(JsonNode run) {
        JsonNode value = run.path("metrics").path("coach/unseen/accuracy");
        return value.isNumber() ? value.asDouble() : null;
    }
}
