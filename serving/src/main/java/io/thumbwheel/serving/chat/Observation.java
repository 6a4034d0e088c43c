package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.serving.chat.AnswerTrace.Sending;
import io.thumbwheel.serving.generation.GenerationTimes;
import io.thumbwheel.serving.web.ApiException;
import org.jspecify.annotations.Nullable;

/// What is measured, traced and logged of one answer. Used by one thread at a time.
final class Observation {
    private final Observations all;
    private final AnswerTrace trace;
    private final AnswerLine line;
    private final String release;
    private final int prompt;
    private final long arrival = System.nanoTime();

    /// @param release what answers
    /// @param prompt tokens of the prompt
    Observation(Observations all, AnswerTrace trace, AnswerLine line, String release, int prompt) {
        this.all = all;
        this.trace = trace;
        this.line = line;
        this.release = release;
        this.prompt = prompt;
    }

    /// A token of a choice was drawn.
    void token(GenerationTimes times) {
        all.token(release, times, arrival, prompt);
    }

    /// A choice has ended.
    ///
    /// @param times null where it never had a slot
    void finished(int choice, @Nullable GenerationTimes times, FinishReason reason) {
        if (times != null && times.tokens() > 0) {
            all.releases().times(release, times, arrival);
            trace.choice(choice, times, release, prompt, reason);
        }
        all.releases().ended(release, reason);
    }

    /// All choices are drawn, and the record of them is on its way.
    Sending sending() {
        return trace.sending();
    }

    /// The answer is there, and its end may be told.
    void answered(CompletionServed served) {
        line.answered(served, millis());
    }

    /// The request was not answered.
    void failed(ApiException why) {
        all.failed();
        line.failed(why, millis());
    }

    /// The request is over, its end told.
    void closed() {
        all.closed();
    }

    private double millis() {
        return (System.nanoTime() - arrival) / 1e6;
    }
}
