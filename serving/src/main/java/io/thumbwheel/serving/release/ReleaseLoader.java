package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.schemas.text.Tokenizer;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.generation.Policy;
import io.thumbwheel.serving.generation.PolicyHandle;
import io.thumbwheel.serving.onnx.OnnxConfig;
import io.thumbwheel.serving.onnx.OnnxPolicy;
import io.thumbwheel.serving.onnx.SelfTest;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Optional;

/// Brings a release from the store into memory, or says why it must not serve.
@Singleton
final class ReleaseLoader {
    private final ReleaseStore store;
    private final OnnxConfig engine;

    ReleaseLoader(ReleaseStore store, ServingConfig config) {
        this.store = store;
        int cores = Runtime.getRuntime().availableProcessors();
        int threads = config.queue().threads();
        this.engine =
                new OnnxConfig(
                        config.queue().slots(),
                        config.queue().context(),
                        threads == 0 ? cores : threads);
    }

    /// Loads a release; the caller owns its policy.
    ///
    /// @throws ReleaseRefusedException where it is damaged, cannot be run, or does not reproduce
    ///   what its manifest promises
    Resident load(String id) throws ReleaseRefusedException {
        // 1. Did it arrive whole?
        ReleaseManifest manifest = store.verify(id);
        Path folder = store.folder(id);

        // 2. Load its text rules and its graph.
        try {
            ChatTemplate template = ChatTemplate.load(folder);
            Policy policy = OnnxPolicy.load(folder, engine);
            try {
                // 3. Do they belong together, and does it answer as its maker saw it answer?
                check(manifest, template.tokenizer(), policy);
                return new Resident(
                        manifest, new PolicyHandle(id, policy), policy.context(), template);
            } catch (ReleaseRefusedException | RuntimeException e) {
                policy.close();
                throw e;
            }
        } catch (ReleaseRefusedException e) {
            throw e;
        } catch (Exception e) {
            throw new ReleaseRefusedException(
                    "release %s cannot be run: %s".formatted(id, e.getMessage()), e);
        }
    }

    private static void check(ReleaseManifest manifest, Tokenizer tokenizer, Policy policy)
            throws ReleaseRefusedException {
        if (tokenizer.vocabSize() > policy.vocab()) {
            throw new ReleaseRefusedException(
                    "the tokenizer of release %s has %d ids and its graph %d: export it again"
                            .formatted(manifest.id(), tokenizer.vocabSize(), policy.vocab()));
        }
        Optional<String> broken = SelfTest.check(policy, manifest.selfTest(), manifest.parity());
        if (broken.isPresent()) {
            throw new ReleaseRefusedException(
                    "release %s fails its self-test: %s".formatted(manifest.id(), broken.get()));
        }
    }
}
