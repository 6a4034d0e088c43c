package io.thumbwheel.feedback.watch;

import io.smallrye.common.annotation.Blocking;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// `GET /v1/raters`: who is believed how far and why, for the operator.
@Path("/v1/raters")
public class RaterListResource {
    private static final int MOST_ROWS = 500;

    private final ApiKeys keys;
    private final TrustWatch watch;

    RaterListResource(ApiKeys keys, TrustWatch watch) {
        this.keys = keys;
        this.watch = watch;
    }

    /// A page of raters, by pseudonym.
    ///
    /// @param raters the page
    /// @param next what to send as `after` for the next page; null on the last
    record Page(List<RaterView> raters, @Nullable String next) {}

    /// Raters, page by page.
    @GET
    @Blocking
    public Response list(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @QueryParam("quarantined") @Nullable Boolean quarantined,
            @QueryParam("after") @DefaultValue("") String after,
            @QueryParam("limit") @DefaultValue("50") int limit) {
        Optional<Response> refusal = Refusal.of(keys.ofHeader(authorization), Role.OPERATOR);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (limit < 1 || limit > MOST_ROWS) {
            return Refusal.UNACCEPTABLE.response(
                    "limit must be between 1 and %d, got %d".formatted(MOST_ROWS, limit));
        }
        Insight insight = watch.insight();
        SortedSet<String> names = new TreeSet<>(insight.assessments().keySet());
        names.addAll(insight.published().keySet());
        List<RaterView> rows =
                names.tailSet(after).stream()
                        .filter(name -> !name.equals(after))
                        .flatMap(name -> watch.view(name).stream())
                        .filter(view -> quarantined == null || view.quarantined() == quarantined)
                        .limit(limit + 1L)
                        .toList();
        boolean more = rows.size() > limit;
        List<RaterView> page = more ? rows.subList(0, limit) : rows;
        return Response.ok(new Page(page, more ? page.getLast().rater() : null))
                .type(MediaType.APPLICATION_JSON)
                .build();
    }
}
