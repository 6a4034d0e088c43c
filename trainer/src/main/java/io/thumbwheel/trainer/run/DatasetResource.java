package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/// The dataset over HTTP: what has arrived.
@Path("/v1/dataset")
@Produces(MediaType.APPLICATION_JSON)
public final class DatasetResource {
    private final Dataset dataset;

    DatasetResource(Dataset dataset) {
        this.dataset = dataset;
    }

    /// How much there is, and how far the log has been read: a client whose record has an offset
    /// below the one here knows that it has arrived.
    @GET
    public Object show() {
        Offsets offsets = dataset.offsets();
        return new View(dataset.counts(offsets), offsets);
    }

    /// @param counts at those offsets
    /// @param offsets next offset by topic and partition
    record View(@JsonUnwrapped DatasetCounts counts, Offsets offsets) {}
}
