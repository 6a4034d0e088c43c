package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.artifact.ReleaseManifest.Quantised;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.schemas.text.Tokenizer;
import io.thumbwheel.serving.generation.Policy;
import io.thumbwheel.serving.generation.PolicyHandle;
import io.thumbwheel.serving.onnx.KvArena;
import io.thumbwheel.serving.onnx.OnnxConfig;
import io.thumbwheel.serving.onnx.OnnxPolicy;
import io.thumbwheel.serving.onnx.ReleaseUnusableException;
import io.thumbwheel.serving.onnx.SelfTest;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Brings a release from the store into memory, or says why it must not serve.
@Singleton
final class ReleaseLoader {
    private static final Logger LOG = Logger.getLogger(ReleaseLoader.class);

    private final ReleaseStore store;
    private final Engine engine;
    private final GraphChoice graphs;
    private final ReleaseMemory memory;

    ReleaseLoader(ReleaseStore store, Engine engine, GraphChoice graphs, ReleaseMemory memory) {
        this.store = store;
        this.engine = engine;
        this.graphs = graphs;
        this.memory = memory;
    }

    /// Loads a release; the caller owns its policy.
    ///
    /// @throws NoRoomException where there is no memory for it
    /// @throws ReleaseRefusedException where it is damaged, cannot be run, or does not reproduce
    ///   what its manifest promises
    Resident load(String id) throws ReleaseRefusedException {
        // 1. Did it arrive whole?
        ReleaseManifest manifest = store.verify(id);
        Path folder = store.folder(id);

        // 2. Load its text rules, choose one of its graphs and load that.
        try {
            ChatTemplate template = ChatTemplate.load(folder);
            Precision precision = graphs.of(manifest, folder);
            if (precision == Precision.FP32) {
                return load(manifest, folder, template, precision);
            }
            try {
                return load(manifest, folder, template, precision);
            } catch (NoRoomException e) {
                throw e;
            } catch (ReleaseRefusedException | ReleaseUnusableException e) {
                LOG.warnf(
                        "the %s graph of release %s is not to be used here, fp32 serves: %s",
                        precision.label(), id, e.getMessage());
                return load(manifest, folder, template, Precision.FP32);
            }
        } catch (ReleaseRefusedException e) {
            throw e;
        } catch (Exception e) {
            throw new ReleaseRefusedException(
                    "release %s cannot be run: %s".formatted(id, e.getMessage()), e);
        }
    }

    private Resident load(
            ReleaseManifest manifest, Path folder, ChatTemplate template, Precision precision)
            throws ReleaseRefusedException, ReleaseUnusableException {
        // 3. Is there memory for it?
        OnnxConfig config = engine.config().with(precision);
        KvArena arena = memory.roomFor(manifest.id(), OnnxPolicy.footprint(folder, config));
        Policy policy = OnnxPolicy.load(folder, config, arena);
        try {
            // 4. Do they belong together, and does it answer as its maker saw it answer?
            check(manifest, template.tokenizer(), policy, precision);
            return new Resident(
                    manifest,
                    precision,
                    new PolicyHandle(manifest.id(), policy),
                    policy.context(),
                    template);
        } catch (ReleaseRefusedException | RuntimeException e) {
            policy.close();
            throw e;
        }
    }

    private static void check(
            ReleaseManifest manifest, Tokenizer tokenizer, Policy policy, Precision precision)
            throws ReleaseRefusedException {
        if (tokenizer.vocabSize() > policy.vocab()) {
            throw new ReleaseRefusedException(
                    "the tokenizer of release %s has %d ids and its graph %d: export it again"
                            .formatted(manifest.id(), tokenizer.vocabSize(), policy.vocab()));
        }
        Quantised quantised = manifest.quantised().get(precision);
        Optional<String> broken =
                quantised == null
                        ? SelfTest.check(policy, manifest.selfTest(), manifest.parity())
                        : SelfTest.check(policy, manifest.selfTest(), quantised);
        if (broken.isPresent()) {
            throw new ReleaseRefusedException(
                    "release %s fails its self-test: %s".formatted(manifest.id(), broken.get()));
        }
    }
}
