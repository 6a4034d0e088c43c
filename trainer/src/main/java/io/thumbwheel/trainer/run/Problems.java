package io.thumbwheel.trainer.run;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/// Errors as problem documents (RFC 9457).
public final class Problems {
    private static final String MEDIA_TYPE = "application/problem+json";
    private static final Logger LOG = Logger.getLogger(Problems.class);

    /// A problem.
    ///
    /// @param type about:blank: the status says what kind it is
    /// @param title the status in words
    /// @param status HTTP status
    /// @param detail what happened and what to do
    record Problem(String type, String title, int status, String detail) {}

    @ServerExceptionMapper
    Response conflict(RefreshConflictException e) {
        return response(Response.Status.CONFLICT, String.valueOf(e.getMessage()));
    }

    @ServerExceptionMapper
    Response status(WebApplicationException e) {
        Response.Status status = Response.Status.fromStatusCode(e.getResponse().getStatus());
        if (status == null) {
            return e.getResponse();
        }
        return response(status, String.valueOf(e.getMessage()));
    }

    @ServerExceptionMapper
    Response bug(Exception e) {
        LOG.error("a request failed", e);
        return response(
                Response.Status.INTERNAL_SERVER_ERROR,
                "the trainer could not do this (%s): its log says more".formatted(e.getMessage()));
    }

    static Response response(Response.Status status, String detail) {
        return Response.status(status)
                .type(MEDIA_TYPE)
                .entity(
                        new Problem(
                                "about:blank",
                                status.getReasonPhrase(),
                                status.getStatusCode(),
                                detail))
                .build();
    }
}
