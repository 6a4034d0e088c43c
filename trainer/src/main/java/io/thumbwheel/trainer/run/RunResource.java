package io.thumbwheel.trainer.run;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Refreshes over HTTP: begin one, watch it, stop it.
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
public final class RunResource {
    private final Refreshes refreshes;
    private final RunLog runs;

    RunResource(Refreshes refreshes, RunLog runs) {
        this.refreshes = refreshes;
        this.runs = runs;
    }

    /// Begins a refresh; 202 once what it will learn from is fixed and on disk.
    @POST
    @Path("/refresh")
    @Consumes(MediaType.WILDCARD)
    public Response begin(String body) throws IOException {
        RefreshRequest request;
        try {
            request = RefreshRequest.parse(body);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage(), e);
        }
        RunRecord run = refreshes.begin(request);
        return Response.accepted(Map.of("run", run.run())).build();
    }

    /// All runs, oldest first.
    @GET
    @Path("/runs")
    public Map<String, Object> list() {
        List<RunView> views = runs.list().stream().map(RunView::of).toList();
        return Map.of("runs", views);
    }

    /// One run.
    @GET
    @Path("/runs/{run}")
    public Object show(@PathParam("run") String run) {
        return RunView.of(existing(run));
    }

    /// Stops a run at its next step.
    @DELETE
    @Path("/runs/{run}")
    public Response cancel(@PathParam("run") String run) {
        refreshes.cancel(existing(run));
        return Response.accepted(Map.of("run", run)).build();
    }

    private RunRecord existing(String run) {
        return runs.find(run)
                .orElseThrow(() ->
                        new NotFoundException(
                                "there is no run '%s': GET /v1/runs lists them".formatted(run)));
    }
}
