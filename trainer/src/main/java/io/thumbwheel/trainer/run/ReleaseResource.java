package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.trainer.store.ReleaseStore;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The release store over HTTP.
@Path("/v1/releases")
@Produces(MediaType.APPLICATION_JSON)
public final class ReleaseResource {
    private final ReleaseStore store;

    ReleaseResource(ReleaseStore store) {
        this.store = store;
    }

    /// All releases, oldest first, in short.
    @GET
    public Map<String, Object> list() throws IOException {
        List<Summary> releases = store.list().stream().map(Summary::of).toList();
        return Map.of("releases", releases);
    }

    /// The manifest of one, as it is in its folder.
    @GET
    @Path("/{id}")
    public byte[] show(@PathParam("id") String id) throws IOException {
        return store.find(id)
                .map(ReleaseManifest::toJson)
                .orElseThrow(() ->
                        new NotFoundException(
                                "there is no release '%s': GET /v1/releases lists them"
                                        .formatted(id)));
    }

    /// A release in short; fields as in [ReleaseManifest].
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Summary(
            String id,
            @Nullable String parent,
            Instant createdAt,
            double klToReference,
            SortedMap<String, Double> scores) {
        Summary {
            scores = new TreeMap<>(scores);
        }

        static Summary of(ReleaseManifest release) {
            return new Summary(
                    release.id(),
                    release.parent(),
                    release.createdAt(),
                    release.klToReference(),
                    release.scores());
        }
    }
}
