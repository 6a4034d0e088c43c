package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.event.RolloutState;
import io.thumbwheel.trainer.store.Import;
import io.thumbwheel.trainer.store.Publisher;
import io.thumbwheel.trainer.store.ReleaseStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/// Sees to it that something can serve: an empty store gets its r0, a rollout without a decision
/// its first.
public final class FirstRelease {
    private static final long IMPORT_MINUTES = 10;
    private static final Logger LOG = Logger.getLogger(FirstRelease.class);

    private final ReleaseStore store;
    private final Import importer;
    private final Publisher publisher;
    private final TrainingThread thread;
    private final Optional<Path> policy;

    /// @param policy Hugging Face folder that becomes r0 of an empty store
    public FirstRelease(
            ReleaseStore store,
            Import importer,
            Publisher publisher,
            TrainingThread thread,
            Optional<Path> policy) {
        this.store = store;
        this.importer = importer;
        this.publisher = publisher;
        this.thread = thread;
        this.policy = policy;
    }

    /// Imports and decides, each only where it is missing.
    void ensure() throws IOException, InterruptedException {
        if (store.list().isEmpty()) {
            if (policy.isEmpty()) {
                LOG.info(
                        "the store is empty: nothing serves until a policy is imported"
                                + " (THUMBWHEEL_POLICY, or `trainer import DIR`)");
                return;
            }
            ReleaseManifest imported = importOf(policy.get());
            LOG.infof("imported %s as %s", policy.get(), imported.id());
        }
        RolloutState state = publisher.state();
        Optional<ReleaseManifest> reference = store.reference();
        if (state.decision() == null && reference.isPresent()) {
            publisher.promote(
                    reference.get().id(), "", "import", "the first release of this platform");
        }
    }

    private ReleaseManifest importOf(Path folder) throws IOException, InterruptedException {
        try {
            return thread.submit(() -> importer.reference(folder))
                    .get(IMPORT_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IOException("importing %s failed: %s".formatted(folder, e.getMessage()), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "importing %s took more than %d minutes".formatted(folder, IMPORT_MINUTES), e);
        }
    }
}
