package io.thumbwheel.standalone.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// All that a demo measured; file `report.json`.
///
/// @param preference what people like
/// @param control `off`, or which control it was
/// @param seed of prompts, people and samplers
/// @param startedAt when
/// @param seconds how long
/// @param machine where
/// @param ties share of ties between two answers of r0
/// @param bestOf8Gain what the best of eight gains, standard deviations
/// @param picks picks that the platform accepted
/// @param requests requests that people made
/// @param failedRequests of those, failed at the first attempt
/// @param failures why the first of them failed
/// @param releases r0, one row per refresh, the baselines
/// @param passed whether it showed what it should
/// @param verdict in words
/// @param missing what the protocol asks for and this report does not have
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Report(
        String preference,
        String control,
        long seed,
        String startedAt,
        double seconds,
        String machine,
        double ties,
        double bestOf8Gain,
        int picks,
        long requests,
        long failedRequests,
        List<String> failures,
        List<ReleaseRow> releases,
        boolean passed,
        String verdict,
        List<String> missing) {
    public Report {
        failures = List.copyOf(failures);
        releases = List.copyOf(releases);
        missing = List.copyOf(missing);
    }

    /// Writes `report.json` into a folder, made where missing.
    Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("report.json");
        Path aside = folder.resolve("report.json.part");
        JsonMapper mapper = JsonMapper.builder().build();
        Files.write(aside, mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
        return Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
