package io.thumbwheel.feedback.watch;

import io.smallrye.common.annotation.Blocking;
import io.thumbwheel.feedback.intake.Access;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `GET /v1/statistics`: what people said, in numbers. docs/trust.md has the shape.
@Path("/v1/statistics")
public class StatisticsResource {
    private final Access access;
    private final TrustWatch watch;

    StatisticsResource(Access access, TrustWatch watch) {
        this.access = access;
        this.watch = watch;
    }

    /// As of the last assessment.
    @GET
    @Blocking
    public Response statistics(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization) {
        return access.with(
                authorization,
                List.of(Role.FEEDBACK),
                refusal -> refusal,
                _ ->
                        Response.ok(watch.insight().statistics())
                                .type(MediaType.APPLICATION_JSON)
                                .build());
    }
}
