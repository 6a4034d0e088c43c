package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.formats.PromptFiles;
import io.thumbwheel.trainer.ppo.PpoConfig;
import io.thumbwheel.trainer.ppo.ProgressListener;
import io.thumbwheel.trainer.pretraining.Vocabulary;
import io.thumbwheel.trainer.reward.KnownAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Prompts whose right answers an operator knows, in a file that may change at any time: a run
/// copies it when it begins, and every attempt of the run reads the copy.
///
/// A line each: `{"prompt": "Where is the Eiffel tower?", "answers": ["Paris"]}`.
public final class TruthFile {
    /// What it is called, in the trainer's folder and in a run's.
    public static final String NAME = "known-answers.jsonl";

    private static final String PHASE = "truth";

    private final Path file;

    /// @param file need not exist
    public TruthFile(Path file) {
        this.file = file;
    }

    /// What the run knows.
    ///
    /// @param work of the run
    /// @param reference Hugging Face folder of the reference policy
    /// @param progress hears of lines that cannot be used, by file and line
    /// @throws IOException where nothing in the file can be used
    KnownAnswers of(Path work, Path reference, PpoConfig config, ProgressListener progress)
            throws IOException {
        Path copy = Files.createDirectories(work).resolve(NAME);
        if (!Files.exists(copy)) {
            AtomicFile.write(copy, Files.exists(file) ? Files.readAllBytes(file) : new byte[0]);
        }
        if (Files.size(copy) == 0) {
            return KnownAnswers.NONE;
        }
        Vocabulary vocabulary = Vocabulary.read(reference);
        DataReport report = new DataReport();
        int room = ModelConfig.read(reference).context() - config.maxResponseTokens();
        PromptFiles.Questions questions =
                new PromptFiles(vocabulary.template(), room, report).read(List.of(copy));
        report.requireUse();
        if (!report.counts().isEmpty()) {
            int leftOut = report.counts().values().stream().mapToInt(Integer::intValue).sum();
            progress.progress(
                    PHASE,
                    1,
                    1,
                    Map.of("truth/left_out", (double) leftOut),
                    String.join("; ", report.lines()));
        }
        return new KnownAnswers(questions.known(), vocabulary.template().tokenizer()::decode);
    }

    /// SHA-256 of the run's copy; empty where it knows nothing.
    static Optional<String> digest(Path work) throws IOException {
        byte[] content = Files.readAllBytes(work.resolve(NAME));
        if (content.length == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
