package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.event.CompletionServed.Arm;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.web.ApiException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Chooses the release that answers a request and leases it: the one that the request names, or
/// where it asks for the `policy`, the one of its conversation's arm.
@Singleton
public final class ReleaseRouter {
    /// The model that means: whatever the rollout says.
    public static final String POLICY = "policy";

    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Swap swap;
    private final Residency residency;
    private final ReleaseStore store;
    private final Duration longestLoad;

    ReleaseRouter(Swap swap, Residency residency, ReleaseStore store, ServingConfig config) {
        this.swap = swap;
        this.residency = residency;
        this.store = store;
        this.longestLoad = config.limits().load();
    }

    /// Leases the release for one request; may wait for it to load.
    ///
    /// @throws ApiException 404 where there is no such model, 503 where none serves yet
    public Lease lease(String model, String conversation) {
        if (model.equals(POLICY)) {
            return leaseOf(conversation);
        }
        if (!store.contains(model)) {
            throw ApiException.notFound(
                    "model_not_found",
                    "model",
                    "there is no model '%s': ask for '%s', or a release that GET /v1/models lists"
                            .formatted(model, POLICY));
        }
        return pinned(model);
    }

    /// The release that the rollout's primary arm is served by, if one serves.
    public Optional<Resident> primary() {
        return swap.standing().map(Standing::primary);
    }

    private Lease leaseOf(String conversation) {
        // The policy of a standing is closed only after another standing has taken its place.
        while (true) {
            Standing standing = swap.standing().orElseThrow(this::noneYet);
            Arm arm = standing.armOf(conversation);
            Resident release = standing.of(arm);
            if (release.policy().acquire()) {
                return new Lease(release, arm);
            }
            Thread.onSpinWait();
        }
    }

    private Lease pinned(String id) {
        // Between load and lease it may be evicted again; then it is loaded once more.
        for (int attempt = 0; attempt < 3; attempt++) {
            Resident release = await(id);
            if (release.policy().acquire()) {
                return new Lease(release, Arm.PINNED);
            }
        }
        throw ApiException.unavailable(
                "release_loading",
                RETRY,
                "release %s was evicted while it loaded; too many releases are asked for at once"
                        .formatted(id));
    }

    private Resident await(String id) {
        try {
            return residency.require(id).get(longestLoad.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw ApiException.unavailable(
                    "release_refused",
                    RETRY,
                    "%s: %s".formatted(id, e.getCause() == null ? e : e.getCause().getMessage()));
        } catch (TimeoutException | RejectedExecutionException e) {
            throw ApiException.unavailable(
                    "release_loading",
                    RETRY,
                    "release %s is not in memory yet; try again".formatted(id));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("stopping", RETRY, "serving is stopping");
        }
    }

    private ApiException noneYet() {
        return ApiException.unavailable(
                "no_release",
                RETRY,
                swap.lastRefusal()
                        .map(reason -> "no release serves: " + reason)
                        .orElse("no release serves yet; the first one is being loaded"));
    }
}
