package io.thumbwheel.trainer.model;

import io.thumbwheel.schemas.artifact.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Draws answers from a policy, many at once, with a KV cache. The log-probs are those of the
/// distribution that was drawn from, the end of the answer included. What is drawn for a row is a
/// function of (seed, row, step) and the weights: the rows beside it change it only in the last
/// bits of its probabilities.
///
/// At most 128 rows are in the cache at once. Those that have ended leave it when they are a
/// quarter of the batch, and the prompts that wait take their places.
public final class Sampler {
    private static final int ROWS = 128;

    /// Share of rows going on at which the others are worth taking out of the cache, and new ones
    /// worth reading.
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
        if (prompts.isEmpty()) {
            return List.of();
        }
        Rows rows = new Rows(prompts, maxTokens, policy.config(), seed, firstRow);
        int batch = Math.min(ROWS, prompts.size());
        try (CachedPass pass = CachedPass.open(policy, batch, rows.longest)) {
            draw(pass, rows, batch, temperature);
        }
        return rows.answers();
    }

    private static void draw(CachedPass pass, Rows rows, int most, double temperature) {
        while (true) {
            List<Integer> joined = rows.join(most);
            if (joined.isEmpty()) {
                rows.take(
                        rows.batch,
                        pass.append(
                                rows.newest(),
                                rows.positions(),
                                rows.uniform(rows.batch),
                                temperature));
            } else {
                rows.take(
                        joined,
                        pass.read(
                                joined.stream().map(rows.prompts::get).toList(),
                                rows.uniform(joined),
                                temperature));
            }
            int[] kept = rows.live();
            if (kept.length == 0 && rows.allJoined()) {
                return;
            }
            if (kept.length <= COMPACT_BELOW * rows.batch.size()) {
                rows.keep(kept);
                pass.keep(kept);
            }
        }
    }

    /// All rows and what has been drawn for them.
    private static final class Rows {
        private final List<List<Integer>> prompts;
        private final List<List<Integer>> ids = new ArrayList<>();
        private final List<List<Float>> logProbs = new ArrayList<>();
        private final boolean[] ended;
        private final boolean[] done;
        private final int maxTokens;
        private final ModelConfig model;
        private final int longest;
        private final long seed;
        private final long firstRow;
        private List<Integer> batch = List.of(); // the rows in the cache, in its order
        private int next; // the first row that has not been there

        Rows(
                List<List<Integer>> prompts,
                int maxTokens,
                ModelConfig model,
                long seed,
                long firstRow) {
            this.prompts = prompts;
            this.maxTokens = maxTokens;
            this.model = model;
            this.seed = seed;
            this.firstRow = firstRow;
            this.ended = new boolean[prompts.size()];
            this.done = new boolean[prompts.size()];
            int longestPrompt = 0;
            for (List<Integer> prompt : prompts) {
                if (prompt.isEmpty() || prompt.size() >= model.context()) {
                    throw new IllegalArgumentException(
                            "a prompt must have 1 to %d ids, got %d"
                                    .formatted(model.context() - 1, prompt.size()));
                }
                longestPrompt = Math.max(longestPrompt, prompt.size());
                ids.add(new ArrayList<>());
                logProbs.add(new ArrayList<>());
            }
            this.longest = Math.min(model.context(), longestPrompt + maxTokens);
        }

        /// Lets rows that wait into the free places of a batch of `most`; returns them.
        List<Integer> join(int most) {
            int last = Math.min(prompts.size(), next + most - batch.size());
            List<Integer> joined = IntStream.range(next, last).boxed().toList();
            batch = Stream.concat(batch.stream(), joined.stream()).toList();
            next = last;
            return joined;
        }

        boolean allJoined() {
            return next == prompts.size();
        }

        /// Adds a token to each of the rows that goes on.
        void take(List<Integer> rows, CachedPass.Drawn drawn) {
            for (int place = 0; place < rows.size(); place++) {
                int row = rows.get(place);
                if (!done[row]) {
                    ids.get(row).add(Math.toIntExact(drawn.ids()[place]));
                    logProbs.get(row).add(drawn.logProbs()[place]);
                    ended[row] = drawn.ids()[place] == model.eosId();
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

        /// What the next token of each of the rows is drawn with.
        double[] uniform(List<Integer> rows) {
            return rows.stream()
                    .mapToDouble(
                            row -> CounterRandom.uniform(seed, firstRow + row, ids.get(row).size()))
                    .toArray();
        }

        private boolean hasRoom(int row) {
            int answered = ids.get(row).size();
            return answered < maxTokens && prompts.get(row).size() + answered < model.context();
        }

        List<Sampled> answers() {
            return IntStream.range(0, prompts.size())
                    .mapToObj(row -> new Sampled(ids.get(row), logProbs.get(row), ended[row]))
                    .toList();
        }
    }
}
