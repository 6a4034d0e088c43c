package io.thumbwheel.standalone.demo;

import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.ChatCall;
import io.thumbwheel.standalone.client.Completion.Written;
import io.thumbwheel.standalone.preference.Preference.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Asks a release, pinned, about prompts that it never learns from; nothing of it is kept.
///
/// @param api the platform
/// @param chance seeds of the samplers
record Answers(ApiClient api, Chance chance) {
    private static final int ATTEMPTS = 3;

    /// One answer to each prompt; another purpose gives other answers.
    List<Written> one(String release, List<String> prompts, String purpose)
            throws DemoFailedException {
        return several(release, prompts, 1, purpose).stream().map(List::getFirst).toList();
    }

    /// Several answers to each prompt: [prompts][count].
    List<List<Written>> several(String release, List<String> prompts, int count, String purpose)
            throws DemoFailedException {
        Semaphore atOnce = new Semaphore(DemoConfig.AT_ONCE);
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Written>>> asked = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                ChatCall call =
                        new ChatCall(
                                prompts.get(i),
                                release,
                                count,
                                DemoConfig.MAX_TOKENS,
                                chance.seedOf(purpose + release, i),
                                null,
                                null);
                atOnce.acquire();
                asked.add(
                        askers.submit(() -> {
                            try {
                                return ask(call);
                            } finally {
                                atOnce.release();
                            }
                        }));
            }
            List<List<Written>> answers = new ArrayList<>();
            for (Future<List<Written>> answer : asked) {
                answers.add(answer.get());
            }
            return answers;
        } catch (ExecutionException e) {
            throw new DemoFailedException(
                    "release %s does not answer: %s".formatted(release, e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoFailedException("interrupted", e);
        }
    }

    /// A failed attempt is counted by the client; an evaluation still needs its answer.
    private List<Written> ask(ChatCall call) throws ApiException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return api.chat(call).answers();
            } catch (ApiException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                Thread.sleep(500L * attempt);
            }
        }
    }

    /// As a person sees it.
    static Answer seen(Written written) {
        return new Answer(written.text(), written.ended());
    }
}
