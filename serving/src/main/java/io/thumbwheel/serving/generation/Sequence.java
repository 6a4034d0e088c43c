package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Sampling.Format;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
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
    private final int promptLength;
    private final int mostTokens;

    private int[] tokens; // prompt, then what was drawn
    private int length; // tokens in the KV cache: the token drawn last is not in it
    private int slot = -1;
    private int drawn;
    private float logProb; // of the token drawn last
    private TopTokens top = TopTokens.NONE; // of the same draw
    private PrefixCache.@Nullable Block block; // the last of its blocks that is kept
    private LogitsProcessor @Nullable [] processors; // made when the first token is due
    private volatile boolean cancelled;
    private boolean ended;
    private boolean failed;

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
        promptLength = request.promptIds().size();
        mostTokens =
                Math.min(request.sampling().maxTokens(), handle.policy().context() - promptLength);
        tokens = request.promptIds().stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    boolean cancelled() {
        return cancelled || handle.isCut();
    }

    String caller() {
        return caller;
    }

    PolicyHandle handle() {
        return handle;
    }

    /// Whether it must come out the same to the bit, whatever else runs.
    boolean deterministic() {
        return request.deterministic();
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
        return promptLength;
    }

    /// Prompt, then what was drawn; the rest means nothing [at least length + 1].
    int[] tokens() {
        return tokens;
    }

    /// Tokens in its slot of the KV cache.
    int length() {
        return length;
    }

    /// It is in the slot up to here.
    void read(int end) {
        length = end;
    }

    /// The first token of its answer is due, or a later one.
    boolean promptRead() {
        return length >= promptLength;
    }

    int lastToken() {
        return tokens[length];
    }

    int slot() {
        return slot;
    }

    void slot(int number) {
        slot = number;
    }

    /// The last of its blocks that is kept for others; null where none is.
    PrefixCache.@Nullable Block block() {
        return block;
    }

    void kept(PrefixCache.@Nullable Block last) {
        block = last;
    }

    /// Its prompt was copied up to the end of a block.
    void restored(PrefixCache.Block last) {
        block = last;
        times.cached(last.end() - length);
        length = last.end();
    }

    int cachedTokens() {
        return times.cachedTokens();
    }

    boolean ended() {
        return ended;
    }

    /// Whether no forward pass of it has failed.
    boolean sound() {
        return !failed;
    }

    /// Makes row `row` of `logits` [batch, vocab] ready for [Sampler#weigh].
    void prepare(Sampler sampler, FloatBuffer logits, int row) {
        sampler.prepare(logits, row, request.sampling(), processors());
    }

    /// Draws the next token from row `row` of what was weighed; [#tell] comes next.
    ///
    /// @param now when the forward pass was over
    void draw(Sampler sampler, int row, long now) {
        LogitsProcessor[] changes = processors();
        int token = sampler.draw(row, request.sampling(), random.uniform(drawn));
        if (token < 0) {
            fail(new PolicyFailedException(noToken(token)));
            return;
        }
        drawn++;
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, promptLength + Math.min(mostTokens, 2 * drawn + 62));
        }
        tokens[length] = token;
        logProb = sampler.logProb();
        top = sampler.top(request.topLogProbs());
        times.token(now);
        for (LogitsProcessor change : changes) {
            change.drawn(token);
        }
    }

    /// Tells the token that was drawn last, and ends where it is time to.
    void tell() {
        if (ended) {
            return;
        }
        int token = lastToken();
        boolean goOn;
        try {
            goOn = listener.token(token, logProb, top);
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
                int[] prompt = Arrays.copyOf(tokens, promptLength);
                list.add(new RuledLogits(rules, prompt, policy.vocab()));
            }
            TokenBytes bytes = request.tokens();
            if (request.sampling().format() == Format.JSON_OBJECT && bytes != null) {
                list.add(new JsonConstraint(bytes, policy.vocab(), policy::ends));
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
        failed = true;
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
