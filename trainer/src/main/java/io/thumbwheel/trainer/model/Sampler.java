package io.thumbwheel.trainer.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Draws answers from a policy, many at once, with a KV cache. The log-probs are those of the
/// distribution that was drawn from, the end of the answer included. What is drawn for a row is a
/// function of (seed, row, step) and the weights: the rows beside it change it only in the last
/// bits of its probabilities.
///
/// Rows that have ended are taken out when they are a quarter of the batch.
public final class Sampler {
    private static final int ROWS = 128;

    /// Share of rows going on at which the others are worth taking out of the cache.
    private static final double COMPACT_BELOW = 0.75;

    private Sampler() {}

    /// An answer.
    ///
    /// @param tokenIds [response]; the last one is eos where it ended by itself
    /// @param logProbs [response], at the temperature sampled with; at temperature 0 those of
    ///   temperature 1
    /// @param ended whether the policy ended it; false where it was cut at a limit
    public record Sampled(List<Integer> tokenIds, List<Float> logProbs, boolean ended) {
        public Sampled {
            tokenIds = List.copyOf(tokenIds);
            logProbs = List.copyOf(logProbs);
        }
    }

    /// [#sample(Llama, List, double, int, long, long)] with rows numbered from 0.
    public static List<Sampled> sample(
            Llama policy,
            List<List<Integer>> prompts,
            double temperature,
            int maxTokens,
            long seed) {
        return sample(policy, prompts, temperature, maxTokens, seed, 0);
    }

    /// One answer to each prompt.
    ///
    /// @param prompts ids, none empty
    /// @param temperature divides the logits; 0 takes the most probable token
    /// @param maxTokens longest answer; the model's context cuts it too
    /// @param seed of the draws
    /// @param firstRow number of the first prompt's row in the counter of the draws
    public static List<Sampled> sample(
            Llama policy,
            List<List<Integer>> prompts,
            double temperature,
            int maxTokens,
            long seed,
            long firstRow) {
        List<Sampled> answers = new ArrayList<>();
        for (int begin = 0; begin < prompts.size(); begin += ROWS) {
            List<List<Integer>> part =
                    prompts.subList(begin, Math.min(begin + ROWS, prompts.size()));
            Rows rows = new Rows(part, maxTokens, policy.config().context());
            try (CachedPass pass = CachedPass.open(policy, part.size(), rows.longest)) {
                draw(pass, rows, temperature, seed, firstRow + begin, policy.config().eosId());
            }
            answers.addAll(rows.answers());
        }
        return answers;
    }

    private static void draw(
            CachedPass pass, Rows rows, double temperature, long seed, long firstRow, int eosId) {
        for (int t = 0; ; t++) {
            double[] uniform = rows.uniform(seed, firstRow, t);
            CachedPass.Drawn drawn =
                    t == 0
                            ? pass.start(rows.prompts, uniform, temperature)
                            : pass.append(rows.newest(), rows.positions(), uniform, temperature);
            rows.take(drawn.ids(), drawn.logProbs(), eosId);
            int[] kept = rows.live();
            if (kept.length == 0) {
                return;
            }
            if (kept.length <= COMPACT_BELOW * rows.batch.size()) {
                rows.keep(kept);
                pass.keep(kept);
            }
        }
    }

    /// The rows of a batch and what has been drawn for them.
    private static final class Rows {
        private final List<List<Integer>> prompts;
        private final List<List<Integer>> ids = new ArrayList<>();
        private final List<List<Float>> logProbs = new ArrayList<>();
        private final boolean[] ended;
        private final int maxTokens;
        private final int context;
        private final int longest;
        private final boolean[] done;
        private List<Integer> batch;

        Rows(List<List<Integer>> prompts, int maxTokens, int context) {
            this.prompts = prompts;
            this.maxTokens = maxTokens;
            this.context = context;
            this.ended = new boolean[prompts.size()];
            this.done = new boolean[prompts.size()];
            this.batch = IntStream.range(0, prompts.size()).boxed().toList();
            int longestPrompt = 0;
            for (List<Integer> prompt : prompts) {
                if (prompt.isEmpty() || prompt.size() >= context) {
                    throw new IllegalArgumentException(
                            "a prompt must have 1 to %d ids, got %d"
                                    .formatted(context - 1, prompt.size()));
                }
                longestPrompt = Math.max(longestPrompt, prompt.size());
                ids.add(new ArrayList<>());
                logProbs.add(new ArrayList<>());
            }
            this.longest = Math.min(context, longestPrompt + maxTokens);
        }

        /// Adds a token to every row that goes on.
        void take(long[] drawn, float[] drawnLogProbs, int eosId) {
            for (int place = 0; place < drawn.length; place++) {
                int row = batch.get(place);
                if (!done[row]) {
                    ids.get(row).add(Math.toIntExact(drawn[place]));
                    logProbs.get(row).add(drawnLogProbs[place]);
                    ended[row] = drawn[place] == eosId;
                    done[row] = ended[row] || !hasRoom(row);
                }
            }
        }

        /// The places in the batch of the rows that go on.
        int[] live() {
            return IntStream.range(0, batch.size()).filter(at -> !done[batch.get(at)]).toArray();
        }

        void keep(int[] places) {
            List<Integer> before = batch;
            batch = Arrays.stream(places).mapToObj(before::get).toList();
        }

        /// The token drawn last for each row of the batch; that of a row that is done stays.
        long[] newest() {
            return batch.stream().mapToLong(row -> ids.get(row).getLast()).toArray();
        }

        /// Where those stand.
        long[] positions() {
            return batch.stream()
                    .mapToLong(row -> prompts.get(row).size() + ids.get(row).size() - 1L)
                    .toArray();
        }

        /// What is drawn with.
        double[] uniform(long seed, long firstRow, long step) {
            return batch.stream()
                    .mapToDouble(row -> CounterRandom.uniform(seed, firstRow + row, step))
                    .toArray();
        }

        private boolean hasRoom(int row) {
            int answered = ids.get(row).size();
            return answered < maxTokens && prompts.get(row).size() + answered < context;
        }

        List<Sampled> answers() {
            return IntStream.range(0, prompts.size())
                    .mapToObj(row -> new Sampled(ids.get(row), logProbs.get(row), ended[row]))
                    .toList();
        }
    }
}
