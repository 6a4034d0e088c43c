package io.thumbwheel.schemas.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.thumbwheel.schemas.event.LogProbs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A release explained: where it comes from, what it scored, how to tell that it arrived whole.
/// Written last into `releases/<id>/manifest.json`.
///
/// @param schema version of this form; 1
/// @param id `r<sequence>-<first 8 hex of the weights' SHA-256>`
/// @param parent release that the refresh started from; null for an import
/// @param createdAt when it was published
/// @param lineage data set hash and offsets, reward models, effective configuration, seed, code
///   revision
/// @param scores gate scores by name, all finite
/// @param klToReference nats per answer, estimated on the gate's prompts; 0 for r0
/// @param parity how far the ONNX graph is from the trainer's forward pass
/// @param quantised graphs beside the fp32 one and how far each of them is; releases made before
///   there were any have none
/// @param selfTest prompts with the answers and log-probs that a replica must reproduce
/// @param files every other file of the folder
public record ReleaseManifest(
        int schema,
        String id,
        @Nullable String parent,
        Instant createdAt,
        SortedMap<String, String> lineage,
        SortedMap<String, Double> scores,
        double klToReference,
        Parity parity,
        SortedMap<Precision, Quantised> quantised,
        List<SelfTest> selfTest,
        SortedMap<String, FileDigest> files) {
    /// Its name in the release's folder.
    public static final String FILE = "manifest.json";

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    public ReleaseManifest {
        lineage = new TreeMap<>(lineage);
        scores = new TreeMap<>(scores);
        quantised = quantised == null ? new TreeMap<>() : new TreeMap<>(quantised);
        selfTest = List.copyOf(selfTest);
        files = new TreeMap<>(files);
        if (schema != 1) {
            throw new IllegalArgumentException("manifest schema must be 1, got " + schema);
        }
        if (!id.matches("r\\d+-[0-9a-f]{8}")) {
            throw new IllegalArgumentException(
                    "a release id looks like r7-0123abcd, got '" + id + "'");
        }
        for (Map.Entry<String, Double> score : scores.entrySet()) {
            if (!Double.isFinite(score.getValue())) {
                throw new IllegalArgumentException(
                        "score "
                                + score.getKey()
                                + " of release "
                                + id
                                + " is "
                                + score.getValue());
            }
        }
    }

    /// Reads the manifest of a release's folder.
    ///
    /// @throws IOException where there is none, or it is not one
    public static ReleaseManifest read(Path folder) throws IOException {
        return MAPPER.readValue(Files.readAllBytes(folder.resolve(FILE)), ReleaseManifest.class);
    }

    /// As JSON, UTF-8, in the form that [#read] takes.
    public byte[] toJson() {
        try {
            return MAPPER.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest must always be writable: " + id, e);
        }
    }

    /// How far the graph of a precision is from the trainer's forward pass; empty where the release
    /// has no such graph.
    public Optional<Parity> parityOf(Precision precision) {
        return switch (precision) {
            case FP32 -> Optional.of(parity);
            case INT8, INT4 -> Optional.ofNullable(quantised.get(precision)).map(Quantised::parity);
        };
    }

    /// The number in the id: releases of one store are numbered from 0.
    public int sequence() {
        return Integer.parseInt(id.substring(1, id.indexOf('-')));
    }

    /// Greatest and mean absolute difference between the graph and the trainer's forward pass.
    ///
    /// @param maxLogit of logits
    /// @param maxLogProb of log-probabilities, nats
    /// @param meanLogProb of log-probabilities, nats
    public record Parity(double maxLogit, double maxLogProb, double meanLogProb) {}

    /// A quantised graph, measured on the self-test's prompts and answers.
    ///
    /// @param parity as of the fp32 graph, from the same forward pass
    /// @param greedyAgreement share of positions whose most probable token is the forward pass's
    public record Quantised(Parity parity, double greedyAgreement) {}

    /// One answer that a replica must reproduce: log-probs within 10 × `parity.maxLogProb` (at
    /// least 1e-3) for the fp32 graph, 2 × its own for a quantised one, and the greedy token
    /// wherever its margin over the second is above ten times that bound.
    ///
    /// @param promptIds the prompt [prompt]
    /// @param tokenIds the greedy answer [response]
    /// @param logProbs log-prob of each of its tokens at temperature 1 [response]
    /// @param margins log-prob less that of the second most probable token [response]
    public record SelfTest(
            List<Integer> promptIds, List<Integer> tokenIds, LogProbs logProbs, LogProbs margins) {
        public SelfTest {
            promptIds = List.copyOf(promptIds);
            tokenIds = List.copyOf(tokenIds);
        }
    }

    /// @param sha256 lower-case hex
    /// @param bytes size
    public record FileDigest(String sha256, long bytes) {
        /// Of a file as it is on disk.
        public static FileDigest of(Path file) throws IOException {
            MessageDigest sha256;
            try {
                sha256 = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
                long bytes = in.transferTo(OutputStream.nullOutputStream());
                return new FileDigest(HexFormat.of().formatHex(sha256.digest()), bytes);
            }
        }
    }
}
