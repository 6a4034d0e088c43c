package io.thumbwheel.trainer.export;

import io.thumbwheel.schemas.artifact.Safetensors.Precision;
import io.thumbwheel.schemas.artifact.ShardWriter;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `trainer export FOLDER --to DIR`: a Hugging Face checkpoint from a release or a checkpoint.
@Command(
        name = "export",
        description = "Writes a release or a checkpoint as a Hugging Face checkpoint.",
        mixinStandardHelpOptions = true)
public final class ExportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "FOLDER",
            description =
                    "A release (data/releases/r1-…), a checkpoint, or any Hugging Face folder.")
    private Path folder = Path.of(".");

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "Folder to make.")
    private Path target = Path.of("exported");

    @Option(
            names = "--precision",
            paramLabel = "fp32|bf16|fp16",
            converter = PrecisionName.class,
            description = "How weights are stored (default: as they are).")
    private @Nullable Precision precision;

    @Option(
            names = "--shard-size",
            paramLabel = "BYTES",
            defaultValue = "5GB",
            converter = Size.class,
            description = "Greatest size of a weight file: bytes, or 500MB, 2GB (default: 5GB).")
    private long shardSize = 5_000_000_000L;

    @Option(
            names = "--tokenizer",
            paramLabel = "DIR",
            description =
                    "Where tokenizer and generation settings come from if FOLDER has none, as a checkpoint.")
    private @Nullable Path tokenizer;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(target)) {
            throw new ParameterException(
                    spec.commandLine(), target + " exists already: name another --to");
        }
        try {
            ShardWriter.Written written =
                    new CheckpointExport(folder, tokenizer == null ? folder : tokenizer)
                            .write(target, Optional.ofNullable(precision), shardSize);
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "wrote %s: %d weight file%s, %.1f MB%n",
                            target,
                            written.files(),
                            written.files() == 1 ? "" : "s",
                            written.bytes() / 1e6);
            return 0;
        } catch (UnsupportedModelException refused) {
            spec.commandLine().getErr().println(refused.getMessage());
            return 1;
        }
    }

    static final class PrecisionName implements ITypeConverter<Precision> {
        @Override
        public Precision convert(String name) {
            return switch (name) {
                case "fp32" -> Precision.F32;
                case "bf16" -> Precision.BF16;
                case "fp16" -> Precision.F16;
                default ->
                        throw new TypeConversionException(
                                "must be fp32, bf16 or fp16, got '%s'".formatted(name));
            };
        }
    }

    /// Bytes, with a decimal unit as Hugging Face writes them, or a binary one.
    static final class Size implements ITypeConverter<Long> {
        private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,8})([KMG])(i?)B");

        @Override
        public Long convert(String text) {
            if (text.matches("[1-9]\\d{0,17}")) {
                return Long.parseLong(text);
            }
            Matcher size = SIZE.matcher(text);
            if (!size.matches()) {
                throw new TypeConversionException(
                        "must be a number of bytes above 0, like 2000000000, 2GB or 2GiB, got '%s'"
                                .formatted(text));
            }
            double unit = size.group(3).isEmpty() ? 1000 : 1024;
            int power = 1 + "KMG".indexOf(size.group(2));
            return Long.parseLong(size.group(1)) * (long) Math.pow(unit, power);
        }
    }
}
