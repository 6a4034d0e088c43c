package io.thumbwheel.trainer.store;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.onnx.OnnxExport;
import io.thumbwheel.trainer.release.Parity;
import io.thumbwheel.trainer.release.SelfTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/// ONNX graphs, measured on the self-test's prompts and answers: fp32 always, quantised ones as
/// asked for and where they come close enough.
public final class OnnxGraphs implements GraphExport {
    private static final int SELF_TESTS = 8;
    private static final Logger LOG = Logger.getLogger(OnnxGraphs.class);

    private final Quantising quantising;

    /// With the quantised graphs that the model's size calls for.
    public OnnxGraphs() {
        this(Quantising.AUTO);
    }

    /// @param quantising which quantised graphs to make
    public OnnxGraphs(Quantising quantising) {
        this.quantising = quantising;
    }

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
            ReleaseManifest.Parity parity = Parity.measure(policy, target, sequences);
            SortedMap<Precision, ReleaseManifest.Quantised> quantised = new TreeMap<>();
            for (Precision precision : quantising.of(policy.config())) {
                OnnxExport.quantise(huggingFaceFolder, target, precision);
                ReleaseManifest.Quantised gap =
                        Parity.measure(policy, target, precision, sequences);
                if (Parity.withinBound(gap)) {
                    quantised.put(precision, gap);
                } else {
                    leaveOut(target, precision, gap);
                }
            }
            return new Exported(parity, quantised, answers.stream().limit(SELF_TESTS).toList());
        }
    }

    private static void leaveOut(Path target, Precision precision, ReleaseManifest.Quantised gap)
            throws IOException {
        for (String file : precision.files()) {
            Files.delete(target.resolve(file));
        }
        LOG.warnf(
                "the release gets no %s graph: its log-probs differ by %.3f nats in the mean (at"
                        + " most %.2f is allowed), its most probable tokens agree at %.1f%% of"
                        + " positions; it is served in fp32",
                precision.label(),
                gap.parity().meanLogProb(),
                Parity.QUANTISED_BOUND,
                100 * gap.greedyAgreement());
    }

    private static List<Integer> sequence(ReleaseManifest.SelfTest answer) {
        List<Integer> sequence = new ArrayList<>(answer.promptIds());
        sequence.addAll(answer.tokenIds());
        return sequence;
    }
}
