package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.serving.generation.Generation;
import io.thumbwheel.serving.generation.GenerationListener;
import io.thumbwheel.serving.generation.GenerationRequest;
import io.thumbwheel.serving.generation.GenerationTimes;
import io.thumbwheel.serving.generation.QueueFullException;
import io.thumbwheel.serving.generation.QueueTimeoutException;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.generation.TextStream;
import io.thumbwheel.serving.generation.TopTokens;
import io.thumbwheel.serving.release.Lease;
import io.thumbwheel.serving.web.ApiException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One request while it is answered: its choices are drawn together, all on the release that was
/// leased for it, whatever is swapped meanwhile. The lease is given back when the last choice has
/// ended; then the answer goes to the journal, and only then is its end told.
final class Answer {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Prompt prompt;
    private final Lease lease;
    private final AnswerListener listener;
    private final Observation observation;
    private final Recording recording;
    private final Clock clock;
    private final List<ChoiceDraft> drafts = new ArrayList<>();
    private final List<Generation> generations = new CopyOnWriteArrayList<>();
    private final AtomicInteger open;
    private int cachedTokens = Integer.MAX_VALUE; // the scheduler thread's
    private volatile boolean cancelled;
    private volatile @Nullable ApiException failure;

    /// Takes over the lease.
    Answer(
            Prompt prompt,
            Lease lease,
            AnswerListener listener,
            Observation observation,
            Recording recording,
            Clock clock) {
        this.prompt = prompt;
        this.lease = lease;
        this.listener = listener;
        this.observation = observation;
        this.recording = recording;
        this.clock = clock;
        int choices = prompt.request().choices();
        this.open = new AtomicInteger(choices);
        for (int choice = 0; choice < choices; choice++) {
            drafts.add(
                    new ChoiceDraft(
                            choice,
                            new TextStream(
                                    lease.release().template().tokenizer()::bytes,
                                    prompt.sampling().stop())));
        }
    }

    /// Has its choices drawn; the listener hears the rest.
    void start(Scheduler scheduler) {
        for (int choice = 0; choice < drafts.size(); choice++) {
            try {
                generations.add(
                        scheduler.submit(
                                prompt.caller(),
                                lease.release().policy(),
                                new GenerationRequest(
                                        prompt.promptIds(),
                                        prompt.sampling(),
                                        choice,
                                        prompt.request().delivery().topLogProbs(),
                                        prompt.request().deterministic(),
                                        prompt.tokens()),
                                new Drawing(drafts.get(choice))));
            } catch (QueueFullException e) {
                fail(
                        ApiException.tooManyRequests(
                                "queue_full", e.retryAfter(), String.valueOf(e.getMessage())));
                close(drafts.size() - choice);
                return;
            } catch (IllegalStateException e) {
                fail(ApiException.unavailable("stopping", RETRY, "serving is stopping"));
                close(drafts.size() - choice);
                return;
            }
        }
        if (cancelled) {
            cancel();
        }
    }

    /// Ends it: the reader is gone. What was drawn is journalled as cancelled.
    void cancel() {
        cancelled = true;
        generations.forEach(Generation::cancel);
    }

    private void fail(ApiException why) {
        if (failure == null) {
            failure = why;
        }
        generations.forEach(Generation::cancel);
    }

    /// Hears one choice.
    private final class Drawing implements GenerationListener {
        private final ChoiceDraft draft;
        private @Nullable GenerationTimes times;

        Drawing(ChoiceDraft draft) {
            this.draft = draft;
        }

        @Override
        public void scheduled(GenerationTimes now) {
            times = now;
        }

        @Override
        public boolean token(int id, float logProb, TopTokens top) {
            observation.token(Objects.requireNonNull(times));
            String visible = draft.accept(id, logProb, top);
            if (!visible.isEmpty()) {
                listener.piece(draft.piece(visible));
            }
            return !draft.stopped();
        }

        @Override
        public void finished(FinishReason reason) {
            observation.finished(draft.index(), times, reason);
            cachedTokens = Math.min(cachedTokens, times == null ? 0 : times.cachedTokens());
            String rest = draft.finish(reason);
            if (!rest.isEmpty()) {
                listener.piece(draft.piece(rest));
            }
            close(1);
        }

        @Override
        public void failed(Exception cause) {
            fail(
                    cause instanceof QueueTimeoutException
                            ? ApiException.unavailable(
                                    "queue_timeout", RETRY, String.valueOf(cause.getMessage()))
                            : ApiException.failed(
                                    "the policy failed: %s".formatted(cause.getMessage())));
            close(1);
        }
    }

    private void close(int choices) {
        if (open.addAndGet(-choices) > 0) {
            return;
        }
        String release = lease.release().id();
        lease.close();
        ApiException why = failure;
        if (why != null) {
            observation.failed(why);
            listener.failed(why);
            observation.closed();
            return;
        }
        CompletionServed served =
                new CompletionServed(
                        prompt.id(),
                        clock.instant(),
                        prompt.conversation(),
                        prompt.user(),
                        prompt.request().store(),
                        prompt.request().messages(),
                        prompt.promptIds(),
                        lease.release().template().digest(),
                        prompt.sampling(),
                        drafts.stream().map(draft -> draft.toChoice(release, lease.arm())).toList(),
                        prompt.request().metadata());
        int cached = cachedTokens;
        List<Tokens> tokens = drafts.stream().map(draft -> draft.tokens(0)).toList();
        recording
                .of(prompt, served, observation.sending())
                .whenComplete((kept, unrecorded) -> {
                    if (unrecorded == null) {
                        observation.answered(served);
                        listener.ended(new AnswerListener.Ended(served, tokens, cached, kept));
                    } else {
                        listener.failed(
                                ApiException.unavailable(
                                        "not_recorded",
                                        RETRY,
                                        "neither Kafka nor the disk took the record of this"
                                                + " answer, so it does not count"));
                    }
                    observation.closed();
                });
    }
}
