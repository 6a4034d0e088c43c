package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Sampling;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplerTest {
    // exp of these: 8 : 4 : 2 : 1 : 1, so the probabilities are 1/2, 1/4, 1/8, 1/16, 1/16.
    private static final double[] WEIGHTS = {1, 4, 8, 2, 1};
    private static final int DRAWS = 16_000;

    private final Sampler sampler = new Sampler(new FlatPolicy(5));

    @Test
    void drawsFollowTheSoftmax() {
        assertThat(shares(sampling(1, 1, 0, 0)))
                .containsExactly(new double[] {0.0625, 0.25, 0.5, 0.125, 0.0625}, within(1e-3));
    }

    @Test
    void temperatureIsExact() {
        // Squared weights: 64 : 16 : 4 : 1 : 1, sum 86.
        assertThat(shares(sampling(0.5, 1, 0, 0)))
                .containsExactly(
                        new double[] {1 / 86.0, 16 / 86.0, 64 / 86.0, 4 / 86.0, 1 / 86.0},
                        within(1e-3));
    }

    @Test
    void topKKeepsTheMostProbable() {
        assertThat(shares(sampling(1, 1, 2, 0)))
                .containsExactly(new double[] {0, 1 / 3.0, 2 / 3.0, 0, 0}, within(1e-3));
    }

    @Test
    void ofEquallyProbableTheLowerIdIsKept() {
        assertThat(shares(sampling(1, 1, 4, 0)))
                .containsExactly(
                        new double[] {1 / 15.0, 4 / 15.0, 8 / 15.0, 2 / 15.0, 0}, within(1e-3));
    }

    @Test
    void topPKeepsTheSmallestSetThatReachesTheMass() {
        assertThat(shares(sampling(1, 0.75, 0, 0)))
                .containsExactly(new double[] {0, 1 / 3.0, 2 / 3.0, 0, 0}, within(1e-3));
        assertThat(shares(sampling(1, 0.76, 0, 0)))
                .containsExactly(new double[] {0, 4 / 14.0, 8 / 14.0, 2 / 14.0, 0}, within(1e-3));
        assertThat(shares(sampling(1, 1e-9, 0, 0)))
                .containsExactly(new double[] {0, 0, 1, 0, 0}, within(1e-3));
    }

    @Test
    void minPIsRelativeToTheMostProbable() {
        assertThat(shares(sampling(1, 1, 0, 0.3)))
                .containsExactly(new double[] {0, 1 / 3.0, 2 / 3.0, 0, 0}, within(1e-3));
    }

    @Test
    void logProbsAreOfTheDistributionThatWasSampled() {
        FloatBuffer logits = logits();

        assertThat(draw(logits, 1, sampling(1, 1, 2, 0), 0.0)).isEqualTo(1);
        assertThat((double) sampler.logProb()).isCloseTo(Math.log(1 / 3.0), within(1e-6));
        assertThat(draw(logits, 1, sampling(0.5, 1, 0, 0), 0.5)).isEqualTo(2);
        assertThat((double) sampler.logProb()).isCloseTo(Math.log(64 / 86.0), within(1e-6));
    }

    @Test
    void temperatureZeroTakesTheMostProbable() {
        assertThat(draw(logits(), 1, sampling(0, 1, 0, 0), 0.99)).isEqualTo(2);
        assertThat((double) sampler.logProb()).isCloseTo(Math.log(0.5), within(1e-6));
    }

    @Test
    void impossibleTokensAreNeverDrawn() {
        float out = Float.NEGATIVE_INFINITY;
        FloatBuffer logits = FloatBuffer.wrap(new float[] {out, 0, out, out, out});

        assertThat(draw(logits, 0, sampling(1, 1, 0, 0), 0.0)).isEqualTo(1);
        assertThat(draw(logits, 0, sampling(1, 1, 0, 0), 0.999999)).isEqualTo(1);
    }

    @Test
    void logitsThatAreNotFiniteAreRefused() {
        float out = Float.NEGATIVE_INFINITY;
        for (FloatBuffer logits :
                List.of(
                        FloatBuffer.wrap(new float[] {0, 1, Float.NaN, 0, 0}),
                        FloatBuffer.wrap(new float[] {0, 1, Float.POSITIVE_INFINITY, 0, 0}),
                        FloatBuffer.wrap(new float[] {out, out, out, out, out}))) {
            assertThat(draw(logits, 0, sampling(1, 1, 0, 0), 0.5)).isEqualTo(-1);
        }
    }

    @Test
    void logProbsAreOfTheDistributionAfterTheRules() {
        // Eight times token 0 makes 8 : 4 : 8 : 2 : 1, sum 23.
        RuledLogits ruled = ruled(Map.of(0, Math.log(8)));

        assertThat(draw(logits(), 1, sampling(0, 1, 0, 0), 0.9, ruled)).isEqualTo(0);
        assertThat((double) sampler.logProb()).isCloseTo(Math.log(8 / 23.0), within(1e-6));
        assertThat(draw(logits(), 1, sampling(1, 1, 0, 0), 0.99, ruled)).isEqualTo(4);
        assertThat((double) sampler.logProb()).isCloseTo(Math.log(1 / 23.0), within(1e-6));
    }

    @Test
    void theMostProbableAreThoseOfTheDistributionThatWasSampled() {
        draw(logits(), 1, sampling(1, 1, 0, 0), 0.0);
        assertThat(sampler.top(4).ids()).containsExactly(2, 1, 3, 0);
        assertThat(sampler.top(4).logProbs())
                .containsExactly(
                        new float[] {
                            (float) Math.log(1 / 2.0),
                            (float) Math.log(1 / 4.0),
                            (float) Math.log(1 / 8.0),
                            (float) Math.log(1 / 16.0)
                        },
                        within(1e-6f));

        draw(logits(), 1, sampling(1, 1, 2, 0), 0.0);
        assertThat(sampler.top(4).ids()).containsExactly(2, 1);
        assertThat(sampler.top(1).ids()).containsExactly(2);
        assertThat(sampler.top(0)).isSameAs(TopTokens.NONE);
    }

    @Test
    void whereNoTokenIsLeftNoneIsDrawn() {
        LogitsProcessor nothing =
                new LogitsProcessor() {
                    @Override
                    public void process(float[] logits) {
                        Arrays.fill(logits, Float.NEGATIVE_INFINITY);
                    }

                    @Override
                    public void drawn(int token) {}
                };

        assertThat(draw(logits(), 1, sampling(1, 1, 0, 0), 0.5, nothing))
                .isEqualTo(Sampler.IMPOSSIBLE);
    }

    @Test
    void aDrawAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        LogitsProcessor[] rules = {ruled(Map.of(0, 1.0, 3, -1.0))};
        FloatBuffer logits = logits();
        Sampling sampling = sampling(0.8, 0.95, 4, 0.01);
        drawAll(logits, sampling, rules);

        long before = threads.getCurrentThreadAllocatedBytes();
        drawAll(logits, sampling, rules);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(DRAWS);
    }

    private void drawAll(FloatBuffer logits, Sampling sampling, LogitsProcessor[] rules) {
        for (int i = 0; i < DRAWS; i++) {
            rules[0].drawn(draw(logits, 1, sampling, (i + 0.5) / DRAWS, rules));
            sampler.top(0);
        }
    }

    private static RuledLogits ruled(Map<Integer, Double> bias) {
        return new RuledLogits(new LogitRules(0, 0.001, 1, bias), new int[] {1}, 5);
    }

    @Test
    void theStreamIsUniformAndItsDrawsDiffer() {
        RandomStream stream = new RandomStream(42, 0);
        double sum = 0;
        double squares = 0;
        for (int step = 0; step < DRAWS; step++) {
            double value = stream.uniform(step);
            sum += value;
            squares += value * value;
        }
        assertThat(sum / DRAWS).isCloseTo(0.5, within(0.01));
        assertThat(squares / DRAWS).isCloseTo(1 / 3.0, within(0.01));
        assertThat(stream.uniform(0)).isNotEqualTo(new RandomStream(42, 1).uniform(0));
        assertThat(stream.uniform(0)).isNotEqualTo(new RandomStream(43, 0).uniform(0));
        assertThat(stream.uniform(5)).isEqualTo(new RandomStream(42, 0).uniform(5));
    }

    private int draw(
            FloatBuffer logits,
            int row,
            Sampling sampling,
            double uniform,
            LogitsProcessor... processors) {
        sampler.prepare(logits, row, sampling, processors);
        try {
            sampler.weigh(logits, row + 1);
        } catch (PolicyFailedException e) {
            throw new AssertionError(e);
        }
        return sampler.draw(row, sampling, uniform);
    }

    /// Shares of the tokens over a fine grid of chance.
    private double[] shares(Sampling sampling) {
        double[] shares = new double[5];
        FloatBuffer logits = logits();
        for (int i = 0; i < DRAWS; i++) {
            shares[draw(logits, 1, sampling, (i + 0.5) / DRAWS)] += 1.0 / DRAWS;
        }
        return shares;
    }

    /// The weights' logarithms in row 1, nonsense in row 0.
    private static FloatBuffer logits() {
        FloatBuffer logits = FloatBuffer.allocate(10); // [2, 5]
        for (int token = 0; token < 5; token++) {
            logits.put(5 + token, (float) (3 + Math.log(WEIGHTS[token])));
        }
        return logits;
    }

    private static Sampling sampling(double temperature, double topP, int topK, double minP) {
        return new Sampling(temperature, topP, topK, minP, 10, List.of(), 0);
    }
}
