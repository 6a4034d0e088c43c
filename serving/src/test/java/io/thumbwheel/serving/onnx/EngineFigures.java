package io.thumbwheel.serving.onnx;

import com.sun.management.ThreadMXBean;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.serving.generation.GenerationListener;
import io.thumbwheel.serving.generation.GenerationRequest;
import io.thumbwheel.serving.generation.GenerationTimes;
import io.thumbwheel.serving.generation.PolicyHandle;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.generation.SchedulerConfig;
import io.thumbwheel.serving.generation.TopTokens;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Prints what docs/serving.md tells of the engine, for a release folder and two threads: how
/// prompts, prefixes and deterministic answers cost, and what a token leaves to the garbage
/// collector. Run by hand, on a machine that does nothing else.
public final class EngineFigures implements AutoCloseable {
    private static final int SLOTS = 16;
    private static final double MILLION = 1e6;

    private final Scheduler scheduler = new Scheduler(SchedulerConfig.defaults());
    private final RandomGenerator chance = new SplittableRandom(1);
    private final PolicyHandle policy;

    private EngineFigures(PolicyHandle policy) {
        this.policy = policy;
    }

    /// @param arguments the release folder, and which of its graphs: FP32 or INT8
    public static void main(String[] arguments) throws Exception {
        OnnxConfig config =
                new OnnxConfig(
                        SLOTS, 4_200, 2, Precision.valueOf(arguments[1]), Device.CPU, 512L << 20);
        try (EngineFigures figures =
                new EngineFigures(
                        new PolicyHandle("r0", OnnxPolicy.load(Path.of(arguments[0]), config)))) {
            figures.deterministic();
            figures.garbage();
            figures.firstToken();
            figures.prefixes();
            figures.longPrompt();
        }
    }

    /// Hears one answer, and keeps its times.
    private static final class Answer implements GenerationListener {
        private final CompletableFuture<FinishReason> end = new CompletableFuture<>();
        private final long[] gaps = new long[4_200];
        private volatile int count;
        private @Nullable GenerationTimes times;

        @Override
        public void scheduled(GenerationTimes now) {
            times = now;
        }

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // One thread writes.
        public boolean token(int id, float logProb, TopTokens top) {
            gaps[count] = times().interToken();
            count++;
            return true;
        }

        @Override
        public void finished(FinishReason reason) {
            end.complete(reason);
        }

        @Override
        public void failed(Exception cause) {
            end.completeExceptionally(cause);
        }

        GenerationTimes times() {
            if (times == null) {
                throw new IllegalStateException("it has not begun");
            }
            return times;
        }

        Answer await() throws InterruptedException, ExecutionException, TimeoutException {
            end.get(300, TimeUnit.SECONDS);
            return this;
        }

        double firstTokenMillis() {
            return (times().firstToken() - times().queued()) / MILLION;
        }
    }

    private List<Integer> prompt(int length) {
        return chance.ints(length, 3, 250).boxed().toList();
    }

    private Answer ask(List<Integer> prompt, int answer, boolean same) throws Exception {
        Answer heard = new Answer();
        Sampling sampling = new Sampling(1, 1, 0, 0, answer, List.of(), 1);
        scheduler.submit(
                "one", policy, new GenerationRequest(prompt, sampling, 0, 0, same, null), heard);
        return heard;
    }

    private double tokensPerSecond(int same) throws Exception {
        List<Answer> all = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < SLOTS; i++) {
            all.add(ask(prompt(16), 64, i < same));
        }
        int tokens = 0;
        for (Answer answer : all) {
            tokens += answer.await().times().tokens();
        }
        return tokens / ((System.nanoTime() - start) / 1e9);
    }

    private void deterministic() throws Exception {
        tokensPerSecond(0);
        for (int same : new int[] {0, 1, 4, 16}) {
            System.out.printf(
                    "16 answers, %d of them deterministic: %.0f tokens/s%n",
                    same, tokensPerSecond(same));
        }
    }

    private void garbage() throws Exception {
        Thread thread =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(one -> one.getName().equals("generation"))
                        .findFirst()
                        .orElseThrow();
        ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<Answer> all = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            all.add(ask(prompt(16), 200, false));
        }
        while (all.getFirst().count < 20) {
            Thread.onSpinWait();
        }
        long tokens = policy.load().generatedTokens();
        long bytes = bean.getThreadAllocatedBytes(thread.threadId());
        while (all.getFirst().count < 180) {
            Thread.onSpinWait();
        }
        bytes = bean.getThreadAllocatedBytes(thread.threadId()) - bytes;
        tokens = policy.load().generatedTokens() - tokens;
        System.out.printf(
                "decoding 16 answers allocates %d bytes per step, %d per token%n",
                bytes * SLOTS / tokens, bytes / tokens);
        for (Answer answer : all) {
            answer.await();
        }
    }

    private void firstToken() throws Exception {
        for (int length : new int[] {32, 128, 512}) {
            List<Double> through = new ArrayList<>();
            List<Double> direct = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                through.add(ask(prompt(length), 1, false).await().firstTokenMillis());
                int[] tokens = prompt(length).stream().mapToInt(Integer::intValue).toArray();
                long start = System.nanoTime();
                policy.policy().prefill(0, new int[][] {tokens});
                direct.add((System.nanoTime() - start) / MILLION);
            }
            System.out.printf(
                    "prompt of %d tokens alone: first token after %.1f ms, one pass over it %.1f ms%n",
                    length, median(through), median(direct));
        }
    }

    private void prefixes() throws Exception {
        for (int known : new int[] {16, 32, 64, 128, 1_024}) {
            List<Double> first = new ArrayList<>();
            List<Double> again = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                List<Integer> head = prompt(known);
                List<Integer> one = new ArrayList<>(head);
                one.addAll(prompt(8));
                List<Integer> two = new ArrayList<>(head);
                two.addAll(prompt(8));
                first.add(ask(one, 1, false).await().firstTokenMillis());
                again.add(ask(two, 1, false).await().firstTokenMillis());
            }
            System.out.printf(
                    "%d tokens and 8 more: first token after %.1f ms, with the first known %.1f ms%n",
                    known, median(first), median(again));
        }
        List<Integer> shared = prompt(200);
        List<Answer> drafts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            drafts.add(ask(shared, 1, false));
        }
        double last = 0;
        for (Answer draft : drafts) {
            last = Math.max(last, draft.await().firstTokenMillis());
        }
        System.out.printf("8 answers to one prompt of 200: all have begun after %.1f ms%n", last);
    }

    private void longPrompt() throws Exception {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(ask(prompt(16), 600, false));
        }
        while (answers.getFirst().count < 60) {
            Thread.onSpinWait();
        }
        int before = answers.getFirst().count;
        Answer big = ask(prompt(4_000), 1, false).await();
        int after = answers.getFirst().count;
        long[] gaps = answers.getFirst().gaps;
        System.out.printf(
                "4 answers: a token every %.1f ms; while 4,000 tokens are read (%.1f s) every %.1f ms, at most %.1f ms%n",
                median(millis(gaps, 20, before)),
                big.firstTokenMillis() / 1e3,
                median(millis(gaps, before, after)),
                Collections.max(millis(gaps, before, after)));
        for (Answer answer : answers) {
            answer.await();
        }
    }

    private static List<Double> millis(long[] nanos, int from, int to) {
        return Arrays.stream(nanos, from, to).mapToObj(gap -> gap / MILLION).toList();
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    @Override
    public void close() {
        scheduler.close();
        policy.close();
    }
}
