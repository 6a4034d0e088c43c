package io.thumbwheel.feedback.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.feedback.imports.BulkUpload;
import io.thumbwheel.feedback.imports.ForeignFile;
import io.thumbwheel.feedback.imports.RowProblem;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A file of 100,000 pairs, read and accepted.
final class ImportPart implements BenchPart {
    private static final int ROWS = 100_000;
    private static final double LIMIT_SECONDS = 120;

    @Override
    public List<Figure> measure(BenchPlatform platform) throws IOException, InterruptedException {
        platform.startFeedback();
        Path file = Files.createTempFile("pairs", ".jsonl");
        try {
            write(file);
            long start = System.nanoTime();
            long accepted = upload(file, platform);
            if (accepted != ROWS) {
                throw new IOException("%d of %d rows were accepted".formatted(accepted, ROWS));
            }
            return List.of(
                    Figure.within(
                            "import of 100,000 rows",
                            (System.nanoTime() - start) / 1e9,
                            LIMIT_SECONDS,
                            "s"));
        } finally {
            Files.delete(file);
        }
    }

    private static void write(Path file) throws IOException {
        try (BufferedWriter rows = Files.newBufferedWriter(file)) {
            for (int row = 0; row < ROWS; row++) {
                rows.write(
                        "{\"prompt\":\"Tell me about the number %d, which I have wondered about.\",\"chosen\":\"It is one more than %d, and one less than %d.\",\"rejected\":\"No.\"}\n"
                                .formatted(row, row - 1, row + 1));
            }
        }
    }

    private static long upload(Path file, BenchPlatform platform) throws IOException {
        try (BulkUpload upload =
                new BulkUpload(
                        URI.create("http://127.0.0.1:" + platform.port()),
                        platform.key(),
                        (_, _) -> {})) {
            new ForeignFile(file, "bench")
                    .forEach(
                            new ForeignFile.Visitor() {
                                @Override
                                public void line(String place, ObjectNode line) throws IOException {
                                    upload.add(place, line);
                                }

                                @Override
                                public void bad(String place, RowProblem problem, String detail) {
                                    throw new IllegalStateException(place + ": " + detail);
                                }
                            });
            return upload.finish();
        }
    }
}
