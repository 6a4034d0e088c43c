package io.thumbwheel.serving.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.ThreadMXBean;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.serving.generation.GenerationRequest;
import io.thumbwheel.serving.generation.Policy;
import io.thumbwheel.serving.generation.PolicyFailedException;
import io.thumbwheel.serving.generation.PolicyHandle;
import io.thumbwheel.serving.generation.QueueFullException;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.generation.SchedulerConfig;
import io.thumbwheel.serving.onnx.Device;
import io.thumbwheel.serving.onnx.OnnxConfig;
import io.thumbwheel.serving.onnx.OnnxPolicy;
import io.thumbwheel.serving.onnx.ReleaseUnusableException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What the scheduler's ways cost on a release: deterministic answers, prompts read in chunks
/// beside answers in the making, prefixes copied instead of computed, and what a token leaves to
/// the garbage collector.
public final class EngineFigures implements AutoCloseable {
    private static final int SLOTS = 16;
    private static final int CONTEXT = 2_048;
    private static final int BEHIND = 8; // tokens that follow a prefix
    private static final long PREFIX_BYTES = 256L << 20;
    private static final double MILLION = 1e6;

    private final Scheduler scheduler = new Scheduler(SchedulerConfig.defaults());
    private final RandomGenerator chance = new SplittableRandom(1);
    private final List<Row> rows = new ArrayList<>();
    private final BenchArguments arguments;
    private final PolicyHandle handle;
    private final Policy policy;
    private final LogitRules endless;

    private EngineFigures(BenchArguments arguments, Policy policy) {
        this.arguments = arguments;
        this.policy = policy;
        this.handle = new PolicyHandle("r0", policy);
        Map<Integer, Double> bars =
                IntStream.range(0, policy.vocab())
                        .filter(policy::ends)
                        .boxed()
                        .collect(Collectors.toMap(Function.identity(), _ -> -100.0));
        this.endless = new LogitRules(0, 0, 1, bars);
    }

    public static void main(String[] words) {
        PrintStream out =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        int code = 1;
        try {
            BenchArguments arguments = BenchArguments.parse(words);
            OnnxConfig config =
                    new OnnxConfig(
                            SLOTS,
                            CONTEXT,
                            arguments.threads(),
                            arguments.precision(),
                            Device.CPU,
                            PREFIX_BYTES);
            try (EngineFigures figures =
                    new EngineFigures(arguments, OnnxPolicy.load(arguments.release(), config))) {
                figures.measure();
                figures.rows.forEach(row -> out.println(row.line()));
                if (arguments.json() != null) {
                    AtomicFile.write(
                            arguments.json(),
                            JsonMapper.builder().build().writeValueAsBytes(figures.rows));
                }
            }
            code = 0;
        } catch (IllegalArgumentException
                | BenchmarkFailedException
                | PolicyFailedException
                | ReleaseUnusableException
                | IOException e) {
            out.println(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.exit(code);
    }

    private void measure()
            throws BenchmarkFailedException, PolicyFailedException, InterruptedException {
        prefixes(); // first: it writes into the blocks that the scheduler keeps prefixes in
        deterministic();
        garbage();
        firstToken();
        longPrompt();
    }

    private int[] prompt(int length) {
        return chance.ints(length, 3, 250).toArray();
    }

    private HeardAnswer ask(int[] prompt, int tokens, boolean deterministic)
            throws BenchmarkFailedException {
        HeardAnswer heard = new HeardAnswer(tokens);
        Sampling sampling = new Sampling(1, 1, 0, 0, tokens, List.of(), 1, endless, null);
        List<Integer> ids = Arrays.stream(prompt).boxed().toList();
        try {
            var _ =
                    scheduler.submit(
                            "one",
                            handle,
                            new GenerationRequest(ids, sampling, 0, 0, deterministic, null),
                            heard);
        } catch (QueueFullException e) {
            throw new BenchmarkFailedException(String.valueOf(e.getMessage()), e);
        }
        return heard;
    }

    /// Where copying the blocks of a prefix and computing the rest becomes cheaper than computing
    /// all: the engine's own calls, without the scheduler.
    private void prefixes() throws PolicyFailedException {
        for (int known : new int[] {16, 32, 48, 64, 128, 256, 1_024}) {
            if (known + BEHIND > policy.context() || known / Policy.BLOCK > policy.blocks()) {
                continue;
            }
            int[] tokens = prompt(known + BEHIND);
            double[] whole = new double[arguments.rounds()];
            double[] copied = new double[arguments.rounds()];
            for (int round = -1; round < arguments.rounds(); round++) { // the first one warms up
                long start = System.nanoTime();
                policy.prefill(0, new int[][] {tokens});
                long read = System.nanoTime();
                for (int block = 0; block < known / Policy.BLOCK; block++) {
                    policy.keep(0, block * Policy.BLOCK, block);
                }
                long kept = System.nanoTime();
                for (int block = 0; block < known / Policy.BLOCK; block++) {
                    policy.restore(block, 1, block * Policy.BLOCK);
                }
                policy.extend(1, tokens, known, known + BEHIND);
                long end = System.nanoTime();
                if (round >= 0) {
                    whole[round] = (read - start) / MILLION;
                    copied[round] = (end - kept) / MILLION;
                }
            }
            rows.add(
                    Row.beside(
                            "prompt of %d + %d, the first known, to all new"
                                    .formatted(known, BEHIND),
                            median(copied),
                            median(whole),
                            "ms"));
        }
    }

    private void deterministic() throws BenchmarkFailedException, InterruptedException {
        tokensPerSecond(0); // warms up
        double none = tokensPerSecond(0);
        for (int some : new int[] {1, 4, SLOTS}) {
            rows.add(
                    Row.beside(
                            "%d answers, %d of them deterministic, to none".formatted(SLOTS, some),
                            tokensPerSecond(some),
                            none,
                            "tokens/s"));
        }
    }

    private double tokensPerSecond(int deterministic)
            throws BenchmarkFailedException, InterruptedException {
        int tokens = 64;
        List<HeardAnswer> all = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < SLOTS; i++) {
            all.add(ask(prompt(16), tokens, i < deterministic));
        }
        for (HeardAnswer answer : all) {
            answer.await();
        }
        return SLOTS * tokens / ((System.nanoTime() - start) / 1e9);
    }

    /// Of the scheduler's thread, on which ONNX Runtime's Java API runs, too.
    private void garbage() throws BenchmarkFailedException, InterruptedException {
        long thread =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(one -> one.getName().equals("generation"))
                        .findFirst()
                        .orElseThrow()
                        .threadId();
        ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<HeardAnswer> all = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            all.add(ask(prompt(16), 200, false));
        }
        all.getLast().await(20);
        int from = all.getLast().count();
        long bytes = bean.getThreadAllocatedBytes(thread);
        all.getLast().await(180);
        int steps = all.getLast().count() - from;
        bytes = bean.getThreadAllocatedBytes(thread) - bytes;
        rows.add(Row.figure("allocated by a step of 16 answers", bytes / (double) steps, "bytes"));
        for (HeardAnswer answer : all) {
            answer.await();
        }
    }

    private void firstToken()
            throws BenchmarkFailedException, PolicyFailedException, InterruptedException {
        for (int length : new int[] {32, 128, 512, 2_000}) {
            if (length >= policy.context()) {
                continue;
            }
            double[] asked = new double[arguments.rounds()];
            double[] direct = new double[arguments.rounds()];
            for (int round = 0; round < arguments.rounds(); round++) {
                asked[round] = ask(prompt(length), 1, false).await().firstTokenMillis();
                int[] tokens = prompt(length);
                long start = System.nanoTime();
                policy.prefill(0, new int[][] {tokens});
                direct[round] = (System.nanoTime() - start) / MILLION;
            }
            rows.add(
                    Row.beside(
                            "first token of a prompt of %d, to one pass over it".formatted(length),
                            median(asked),
                            median(direct),
                            "ms"));
        }
    }

    /// A prompt that nearly fills the context, read while four answers are drawn.
    private void longPrompt() throws BenchmarkFailedException, InterruptedException {
        int length = policy.context() - 64;
        int tokens = Math.min(600, policy.context() - 16);
        List<HeardAnswer> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(ask(prompt(16), tokens, false));
        }
        HeardAnswer one = answers.getFirst();
        one.await(60);
        int before = one.count();
        ask(prompt(length), 1, false).await();
        int after = one.count();
        String what = "while a prompt of %d is read, to the usual".formatted(length);
        double usual = median(one.gapMillis(20, before));
        double[] gaps = one.gapMillis(before, after);
        rows.add(Row.beside("median gap " + what, median(gaps), usual, "ms"));
        rows.add(
                Row.beside(
                        "greatest gap " + what,
                        Arrays.stream(gaps).max().orElseThrow(),
                        usual,
                        "ms"));
        for (HeardAnswer answer : answers) {
            answer.await();
        }
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }

    @Override
    public void close() {
        scheduler.close();
        handle.close();
    }
}
