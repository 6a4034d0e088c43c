package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Sampling.Format;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One answer on its way through the scheduler. All but [#cancel] is the scheduler thread's.
final class Sequence implements Generation {
    private static final Logger LOG = System.getLogger(Sequence.class.getName());

    private final String caller;
    private final PolicyHandle handle;
    private final GenerationRequest request;
    private final GenerationListener listener;
    private final RandomStream random;
    private final GenerationTimes times;
    private final int mostTokens;

    private LogitsProcessor @Nullable [] processors; // made when the first token is due
    private volatile boolean cancelled;
    private boolean ended;
    private int drawn;
    private int lastToken;

    /// @param caller who asks
    /// @param queuedAt nanoseconds of a monotonic clock
    Sequence(
            String caller,
            PolicyHandle handle,
            GenerationRequest request,
            GenerationListener listener,
            long queuedAt) {
        this.caller = caller;
        this.handle = handle;
        this.request = request;
        this.listener = listener;
        times = new GenerationTimes(queuedAt);
        random = new RandomStream(request.sampling().seed(), request.choice());
        mostTokens =
                Math.min(
                        request.sampling().maxTokens(),
                        handle.policy().context() - request.promptIds().size());
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    boolean cancelled() {
        return cancelled;
    }

    String caller() {
        return caller;
    }

    PolicyHandle handle() {
        return handle;
    }

    long queuedAt() {
        return times.queued();
    }

    /// It has a slot.
    void scheduled(long now) {
        times.scheduled(now);
        try {
            listener.scheduled(times);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a generation's listener failed, which ends the generation", e);
            fail(e);
        }
    }

    int promptLength() {
        return request.promptIds().size();
    }

    /// [prompt]
    int[] prompt() {
        int[] ids = new int[request.promptIds().size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = request.promptIds().get(i);
        }
        return ids;
    }

    /// Tokens in the KV cache: the token drawn last is not in it yet.
    int length() {
        return promptLength() + drawn - 1;
    }

    int lastToken() {
        return lastToken;
    }

    boolean ended() {
        return ended;
    }

    /// Draws the next token from row `row` of `logits` [batch, vocab], and ends where it is time
    /// to.
    ///
    /// @param now when the forward pass was over
    void advance(Sampler sampler, FloatBuffer logits, int row, long now) {
        LogitsProcessor[] changes = processors();
        int token = sampler.draw(logits, row, request.sampling(), random.uniform(drawn), changes);
        if (token < 0) {
            fail(new PolicyFailedException(noToken(token)));
            return;
        }
        drawn++;
        times.token(now);
        lastToken = token;
        for (LogitsProcessor change : changes) {
            change.drawn(token);
        }
        boolean goOn;
        try {
            goOn = listener.token(token, sampler.logProb(), sampler.top(request.topLogProbs()));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a generation's listener failed, which ends the generation", e);
            fail(e);
            return;
        }
        if (!goOn || handle.policy().ends(token)) {
            finish(FinishReason.STOP);
        } else if (drawn >= mostTokens) {
            finish(FinishReason.LENGTH);
        }
    }

    private LogitsProcessor[] processors() {
        LogitsProcessor[] made = processors;
        if (made == null) {
            Policy policy = handle.policy();
            List<LogitsProcessor> list = new ArrayList<>();
            LogitRules rules = request.sampling().rules();
            if (rules != null) {
                list.add(new RuledLogits(rules, prompt(), policy.vocab()));
            }
            TokenBytes tokens = request.tokens();
            if (request.sampling().format() == Format.JSON_OBJECT && tokens != null) {
                list.add(new JsonConstraint(tokens, policy.vocab(), policy::ends));
            }
            made = list.toArray(LogitsProcessor[]::new);
            processors = made;
        }
        return made;
    }

    private String noToken(int why) {
        return why == Sampler.IMPOSSIBLE
                ? "no token of release %s can go on with this answer".formatted(handle.releaseId())
                : "release %s gave logits that are not finite: roll back to another"
                        .formatted(handle.releaseId());
    }

    void finish(FinishReason reason) {
        end(() -> listener.finished(reason));
    }

    void fail(Exception cause) {
        end(() -> listener.failed(cause));
    }

    private void end(Runnable tell) {
        if (ended) {
            return;
        }
        ended = true;
        try {
            tell.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a generation's listener failed at its end", e);
        }
    }
}
