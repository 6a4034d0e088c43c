package io.thumbwheel.feedback.watch;

import io.smallrye.common.annotation.Blocking;
import io.thumbwheel.feedback.intake.Access;
import io.thumbwheel.feedback.intake.Problem;
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
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// `GET /v1/raters`: who is believed how far and why, for the operator.
@Path("/v1/raters")
public class RaterListResource {
    private static final int MOST_ROWS = 500;

    private final Access access;
    private final TrustWatch watch;

    RaterListResource(Access access, TrustWatch watch) {
        this.access = access;
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
        return access.with(
                authorization,
                List.of(Role.OPERATOR),
                refusal -> refusal,
                _ -> page(quarantined, after, limit));
    }

    private Response page(@Nullable Boolean quarantined, String after, int limit) {
        if (limit < 1 || limit > MOST_ROWS) {
            return Problem.of(
                            Problem.Kind.UNACCEPTABLE,
                            "limit must be between 1 and %d, got %d".formatted(MOST_ROWS, limit))
                    .response()
                    .build();
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
