package io.thumbwheel.trainer.store;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.release.OnnxExport;
import io.thumbwheel.trainer.release.Parity;
import io.thumbwheel.trainer.release.SelfTests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// ONNX graphs in fp32, measured on the self-test's prompts and answers.
public final class OnnxGraphs implements GraphExport {
    private static final int SELF_TESTS = 8;

    @Override
    public Exported export(Path huggingFaceFolder, Path target, List<List<Integer>> prompts)
            throws IOException {
        OnnxExport.write(huggingFaceFolder, target);
        try (NDManager manager = ComputeDevice.CPU.open();
                Llama policy = Llama.load(manager, huggingFaceFolder)) {
            int room = policy.config().context() - 1;
            List<ReleaseManifest.SelfTest> answers =
                    SelfTests.make(
                            policy,
                            prompts.stream().filter(prompt -> prompt.size() <= room).toList());
            List<List<Integer>> sequences = answers.stream().map(OnnxGraphs::sequence).toList();
            return new Exported(
                    Parity.measure(policy, target, sequences),
                    answers.stream().limit(SELF_TESTS).toList());
        }
    }

    private static List<Integer> sequence(ReleaseManifest.SelfTest answer) {
        List<Integer> sequence = new ArrayList<>(answer.promptIds());
        sequence.addAll(answer.tokenIds());
        return sequence;
    }
}
