package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.trainer.export.DatasetCard;
import io.thumbwheel.trainer.export.ExampleExport;
import io.thumbwheel.trainer.export.ExampleFilter;
import io.thumbwheel.trainer.export.ExampleQuery;
import io.thumbwheel.trainer.store.Lineage;
import io.thumbwheel.trainer.store.ReleaseStore;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// The live examples over HTTP, in the formats that others train on. An export is of the dataset as
/// of the offsets read when it begins, whatever arrives meanwhile.
@Path("/v1/examples")
public final class ExampleResource {
    private static final String HASH = "Thumbwheel-Dataset-Hash";
    private static final String OFFSETS = "Thumbwheel-Dataset-Offsets";
    private static final String ROWS = "Thumbwheel-Rows";
    private static final int MOST_IDS = 100;
    private static final String LEFT_OUT = "Thumbwheel-Left-Out-";

    private final Dataset dataset;
    private final ExampleExport export;
    private final ReleaseStore store;

    ExampleResource(Dataset dataset, ExampleExport export, ReleaseStore store) {
        this.dataset = dataset;
        this.store = store;
        this.export = export;
    }

    /// The examples as a file; headers say which dataset it is, and how many are left out and why.
    @GET
    public Response export(@Context UriInfo uri) throws IOException {
        ExampleQuery query = parsed(() -> ExampleQuery.parse(uri.getQueryParameters()));
        Offsets until = dataset.offsets();
        ExampleExport.Exported exported =
                export.write(query, visitor -> dataset.forEachExample(until, visitor));
        // The name goes at once, the bytes when they are sent, whatever ends that.
        Response.ResponseBuilder response =
                Response.ok()
                        .type(query.as().mediaType())
                        .header(HttpHeaders.CONTENT_LENGTH, Files.size(exported.file()))
                        .entity(
                                Files.newInputStream(
                                        exported.file(), StandardOpenOption.DELETE_ON_CLOSE))
                        .header(
                                HttpHeaders.CONTENT_DISPOSITION,
                                "attachment; filename=\"%s.%s\""
                                        .formatted(
                                                lowerCase(query.format()), lowerCase(query.as())))
                        .header(HASH, exported.hash())
                        .header(OFFSETS, until)
                        .header(ROWS, exported.rows());
        for (ExampleExport.Reason reason : ExampleExport.Reason.values()) {
            response.header(
                    LEFT_OUT + lowerCase(reason).replace('_', '-'),
                    exported.leftOut().getOrDefault(reason, 0L));
        }
        return response.build();
    }

    /// What is in an export with the same filter, as a Hugging Face dataset card.
    @GET
    @Path("/card")
    public Response card(@Context UriInfo uri) throws IOException {
        ExampleFilter filter = parsed(() -> ExampleQuery.parseFilter(uri.getQueryParameters()));
        Offsets until = dataset.offsets();
        DatasetCard card =
                DatasetCard.of(filter, visitor -> dataset.forEachExample(until, visitor));
        return Response.ok(card.markdown(until.toString()))
                .type("text/markdown; charset=utf-8")
                .header(HASH, card.hash())
                .header(OFFSETS, until)
                .build();
    }

    /// The releases whose data held one of the examples: by the offsets in their lineage, so it is
    /// said of withdrawn examples, too, where the release had learned before.
    @GET
    @Path("/releases")
    public Learned releases(@QueryParam("id") List<String> ids) throws IOException {
        if (ids.isEmpty() || ids.size() > MOST_IDS) {
            throw new BadRequestException(
                    "give 1 to %d examples as id=…, got %d".formatted(MOST_IDS, ids.size()));
        }
        return new Learned(
                store.list().stream()
                        .filter(release -> {
                            String offsets = release.lineage().get(Lineage.OFFSETS);
                            return offsets != null && dataset.holdsAny(ids, Offsets.parse(offsets));
                        })
                        .map(ReleaseManifest::id)
                        .toList());
    }

    /// Ids of releases.
    public record Learned(List<String> releases) {}

    private static <T> T parsed(Supplier<T> query) {
        try {
            return query.get();
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage(), e);
        }
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
