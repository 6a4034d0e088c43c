package io.thumbwheel.standalone.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.standalone.demo.Users.Chosen;
import io.thumbwheel.standalone.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The baseline that PPO has to beat: r0 fine-tuned on the answers that people preferred, by the
/// trainer's own commands, imported beside the releases.
///
/// @param platform whose trainer and store
/// @param seed of the order of the examples
record SftOnChosen(Platform platform, long seed) {
    private static final int STEPS = 80;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Pattern RELEASE = Pattern.compile("r\\d+-[0-9a-f]{8}");

    /// Trains and imports it; gives its release id.
    String make(List<Chosen> chosen) throws DemoFailedException, InterruptedException {
        try {
            Path folder = Files.createDirectories(platform.folder().resolve("sft-on-chosen"));
            Path examples = folder.resolve("chosen.jsonl");
            Files.write(examples, chosen.stream().map(SftOnChosen::line).toList());
            Path policy = folder.resolve("policy");
            run(
                    folder,
                    "sft",
                    "--init",
                    platform.policy().toString(),
                    "--data",
                    examples.toString(),
                    "--out",
                    policy.toString(),
                    "--steps",
                    String.valueOf(STEPS),
                    "--learning-rate",
                    "1e-4",
                    "--seed",
                    String.valueOf(seed));
            return releaseIn(
                    run(
                            folder,
                            "import",
                            "--beside",
                            "--releases",
                            platform.folder().resolve("releases").toString(),
                            policy.toString()));
        } catch (IOException e) {
            throw new DemoFailedException("SFT-on-chosen: " + e.getMessage(), e);
        }
    }

    private static String line(Chosen chosen) {
        ObjectNode line = JsonMapper.builder().build().createObjectNode();
        ArrayNode messages = line.putArray("messages");
        messages.addObject().put("role", "user").put("content", chosen.prompt());
        messages.addObject().put("role", "assistant").put("content", chosen.text());
        return line.toString();
    }

    private String run(Path folder, String... arguments)
            throws IOException, InterruptedException, DemoFailedException {
        Path log = folder.resolve(arguments[0] + ".log");
        Process process =
                platform.trainer(arguments)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
        process.getOutputStream().close();
        if (!ended || process.exitValue() != 0) {
            throw new DemoFailedException(
                    "`trainer %s` %s; see %s"
                            .formatted(
                                    arguments[0],
                                    ended
                                            ? "ended with code " + process.exitValue()
                                            : "did not end within " + LIMIT,
                                    log));
        }
        return Files.readString(log);
    }

    private static String releaseIn(String output) throws DemoFailedException {
        Matcher matcher = RELEASE.matcher(output);
        if (!matcher.find()) {
            throw new DemoFailedException("`trainer import` names no release: " + output);
        }
        return matcher.group();
    }
}
