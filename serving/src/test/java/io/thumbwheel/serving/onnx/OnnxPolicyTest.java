package io.thumbwheel.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.serving.generation.PolicyFailedException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxPolicyTest {
    private static final int[] SHORT = {1, 3, 112, 4};
    private static final int[] MIDDLE = {1, 3, 105, 40, 123, 124, 119, 4};
    private static final int[] LONG = {1, 3, 105, 40, 123, 124, 119, 122, 129, 52, 40, 120, 116, 4};
    private static final float NOISE = 1e-4f;

    @TempDir Path temporary;

    @Test
    void aReleaseReproducesItsManifest() throws Exception {
        for (Path folder : List.of(TinyRelease.FOLDER, TinyRelease.NEXT)) {
            ReleaseManifest manifest = TinyRelease.manifest(folder);
            try (OnnxPolicy policy = OnnxPolicy.load(folder, new OnnxConfig(2, 64, 1))) {
                assertThat(SelfTest.check(policy, manifest.selfTest(), manifest.parity()))
                        .isEmpty();
            }
        }
    }

    @Test
    void otherWeightsFailTheSelfTest() throws Exception {
        ReleaseManifest manifest = TinyRelease.manifest(TinyRelease.FOLDER);
        try (OnnxPolicy policy = OnnxPolicy.load(TinyRelease.NEXT, new OnnxConfig(2, 64, 1))) {
            Optional<String> reason =
                    SelfTest.check(policy, manifest.selfTest(), manifest.parity());
            assertThat(reason).get().asString().startsWith("self-test 0, token 0: log-prob");
        }
    }

    @Test
    void theFolderSaysWhatThePolicyIs() throws Exception {
        try (OnnxPolicy policy = OnnxPolicy.load(TinyRelease.FOLDER, new OnnxConfig(3, 9_999, 1))) {
            assertThat(policy.vocab()).isEqualTo(264);
            assertThat(policy.context()).isEqualTo(256);
            assertThat(policy.slots()).isEqualTo(3);
            assertThat(policy.ends(2)).isTrue();
            assertThat(policy.ends(3)).isFalse();
        }
    }

    @Test
    void aRaggedBatchComputesWhatEachRowComputesAlone() throws Exception {
        int[][] prompts = {SHORT, LONG, MIDDLE};
        int[][] answers = {{105, 106, 107}, {108, 109, 110}, {111, 112, 113}};
        try (OnnxPolicy together = load(4);
                OnnxPolicy alone = load(1)) {
            FloatBuffer batch = together.prefill(0, prompts); // [3, vocab]
            for (int row = 0; row < 3; row++) {
                assertRow(batch, row, alone.prefill(0, new int[][] {prompts[row]}));
            }
            for (int step = 0; step < 3; step++) {
                int[] tokens = {answers[0][step], answers[1][step], answers[2][step]};
                int[] lengths = {SHORT.length + step, LONG.length + step, MIDDLE.length + step};
                batch = together.decode(tokens, lengths, 3); // [3, vocab]
                for (int row = 0; row < 3; row++) {
                    int[] whole = joined(prompts[row], answers[row], step + 1);
                    assertRow(batch, row, alone.prefill(0, new int[][] {whole}));
                }
            }
        }
    }

    @Test
    void aPromptReadInChunksGivesTheLogitsOfOnePass() throws Exception {
        int[] prompt = new int[61];
        Arrays.setAll(prompt, i -> 105 + i * 7 % 26);
        try (OnnxPolicy policy = load(3)) {
            float[] whole = row(policy.prefill(0, new int[][] {prompt}));
            for (int[] ends : new int[][] {{61}, {1, 61}, {16, 17, 40, 61}, {30, 60, 61}}) {
                int past = 0;
                FloatBuffer logits = policy.prefill(1, new int[][] {SHORT}); // leaves other keys
                for (int end : ends) {
                    logits = policy.extend(3, prompt, past, end); // [1, vocab]
                    past = end;
                }
                for (int id = 0; id < 264; id++) {
                    assertThat(logits.get(id)).as("id %d", id).isCloseTo(whole[id], within(1e-5f));
                }
            }
        }
    }

    @Test
    void aRestoredPrefixIsTheOneThatWasKept() throws Exception {
        int[] prompt = new int[45];
        Arrays.setAll(prompt, i -> 105 + i * 5 % 26);
        long oneBlock = 2L * 2 * 16 * 16 * Float.BYTES; // 2 layers, 1 head of 16
        try (OnnxPolicy policy =
                OnnxPolicy.load(
                        TinyRelease.FOLDER,
                        new OnnxConfig(2, 64, 1, Precision.FP32, Device.CPU, 3 * oneBlock))) {
            policy.extend(0, prompt, 0, 32);
            policy.keep(0, 0, 2);
            policy.keep(0, 16, 0);
            float[] whole = row(policy.extend(0, prompt, 32, 45));

            policy.restore(2, 1, 0);
            policy.restore(0, 1, 16);

            assertThat(policy.blocks()).isEqualTo(3);
            assertThat(row(policy.extend(1, prompt, 32, 45))).isEqualTo(whole);
        }
    }

    @Test
    void aMovedSequenceGoesOnAsIfNothingHappened() throws Exception {
        try (OnnxPolicy policy = load(3);
                OnnxPolicy alone = load(1)) {
            policy.prefill(0, new int[][] {SHORT});
            policy.prefill(1, new int[][] {MIDDLE, LONG});

            policy.move(2, 0, LONG.length);
            FloatBuffer batch =
                    policy.decode(new int[] {105, 106}, new int[] {LONG.length, MIDDLE.length}, 2);

            int[] longer = joined(LONG, new int[] {105}, 1);
            assertRow(batch, 0, alone.prefill(0, new int[][] {longer}));
            int[] middle = joined(MIDDLE, new int[] {106}, 1);
            assertRow(batch, 1, alone.prefill(0, new int[][] {middle}));
        }
    }

    @Test
    void aFolderWithoutAWholeGraphIsRefused() throws Exception {
        assertThatThrownBy(() -> OnnxPolicy.load(temporary, OnnxConfig.defaults()))
                .isInstanceOf(ReleaseUnusableException.class)
                .hasMessageContaining("there is no model.onnx");

        copy("config.json");
        copy("model.onnx");
        assertThatThrownBy(() -> OnnxPolicy.load(temporary, OnnxConfig.defaults()))
                .isInstanceOf(ReleaseUnusableException.class)
                .hasMessageContaining("cannot be loaded");

        Files.write(temporary.resolve("model.onnx"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> OnnxPolicy.load(temporary, OnnxConfig.defaults()))
                .isInstanceOf(ReleaseUnusableException.class)
                .hasMessageContaining("cannot be loaded");
    }

    @Test
    void loadingAndClosingKeepsNoMemory() throws Exception {
        OnnxConfig config =
                new OnnxConfig(32, 256, 1, Precision.FP32, Device.CPU, 1 << 20); // 5 MiB of cache
        long one = OnnxPolicy.footprint(TinyRelease.FOLDER, config).cache();
        try (KvArena arena = KvArena.of(3 * one)) {
            for (int i = 0; i < 5; i++) {
                turn(config, arena);
            }
            long before = residentBytes();
            for (int i = 0; i < 20; i++) {
                turn(config, arena);
                assertThat(arena.leasedBytes()).isZero();
            }

            assertThat(residentBytes() - before).isLessThan(30L << 20);
            assertThat(arena.growth(one)).isZero();
        }
    }

    @Test
    void onnxRuntimeReportsToNobody() throws Exception {
        load(1).close();

        Path telemetryLog =
                Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "mat-debug-" + ProcessHandle.current().pid() + ".log");
        assertThat(telemetryLog).doesNotExist();
    }

    private static void turn(OnnxConfig config, KvArena arena) throws Exception {
        try (OnnxPolicy policy = OnnxPolicy.load(TinyRelease.FOLDER, config, arena)) {
            int[][] prompts = new int[32][];
            Arrays.fill(prompts, LONG);
            policy.prefill(0, prompts);
            policy.decode(new int[32], new int[32], 32);
        }
    }

    static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IllegalStateException("/proc/self/status has no VmRSS");
    }

    private void copy(String name) throws IOException {
        Files.copy(TinyRelease.FOLDER.resolve(name), temporary.resolve(name));
    }

    private static OnnxPolicy load(int slots) throws ReleaseUnusableException {
        return OnnxPolicy.load(TinyRelease.FOLDER, new OnnxConfig(slots, 64, 1));
    }

    private static int[] joined(int[] prompt, int[] answer, int length) {
        int[] whole = Arrays.copyOf(prompt, prompt.length + length);
        System.arraycopy(answer, 0, whole, prompt.length, length);
        return whole;
    }

    /// @return [vocab]
    private static float[] row(FloatBuffer logits) {
        float[] row = new float[264];
        logits.get(0, row);
        return row;
    }

    /// @param batch [batch, vocab]
    /// @param single [1, vocab]
    @Test
    void aStepOfThreeAnswersAllocatesNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int[] tokens = {105, 106, 107};
        int[] lengths = {SHORT.length, LONG.length, MIDDLE.length};
        float[] scales = {1, 1, 0.5f};
        try (OnnxPolicy policy = load(3)) {
            policy.prefill(0, new int[][] {SHORT, LONG, MIDDLE});
            long bytes = 0;
            for (int step = 0; step < 2_000; step++) {
                if (step == 1_000) { // compiled by then
                    bytes = threads.getCurrentThreadAllocatedBytes();
                }
                policy.softmax(policy.decode(tokens, lengths, 3), scales, 3);
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
            assertThat(bytes).isLessThan(16 * 1_000); // a step with one object has 16 at least
        }
    }

    @Test
    void anErrorOfTheGraphSaysWhatItIs() throws Exception {
        try (OnnxPolicy policy = load(1)) {
            assertThatThrownBy(() -> policy.prefill(0, new int[][] {{1, 3, 1 << 20}}))
                    .isInstanceOf(PolicyFailedException.class)
                    .hasMessageContaining("prefill of 1 prompts failed")
                    .hasMessageContaining("indices element out of data bounds");
            assertThat(policy.prefill(0, new int[][] {SHORT}).get(0)).isFinite();
        }
    }

    private static void assertRow(FloatBuffer batch, int row, FloatBuffer single) {
        for (int id = 0; id < 264; id++) {
            assertThat(batch.get(row * 264 + id))
                    .as("row %d, id %d", row, id)
                    .isCloseTo(single.get(id), within(NOISE));
        }
    }
}
