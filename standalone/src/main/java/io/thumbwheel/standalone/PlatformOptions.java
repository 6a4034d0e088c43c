package io.thumbwheel.standalone;

import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.platform.PortPlan;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// Options of every command that runs a platform.
final class PlatformOptions {
    /// System property that the script sets: the project's folder.
    static final String HOME = "thumbwheel.home";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "folder of all state (default: a folder of the project)")
    private @Nullable Path data;

    @Option(
            names = "--policy",
            paramLabel = "DIR",
            description =
                    "Llama-family Hugging Face folder to start from, where the data folder has no release yet (default: the seed policy)")
    private @Nullable Path policy;

    @Option(
            names = "--port-base",
            paramLabel = "N",
            defaultValue = "" + PortPlan.DEFAULT_BASE,
            description =
                    "port of serving; feedback N+1, trainer N+2, Kafka N+10 and N+11, Redis N+12 (default: ${DEFAULT-VALUE})")
    private int portBase;

    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    private CommandLine.Model.@Nullable CommandSpec command;

    /// The configuration that the options ask for.
    ///
    /// @param folder name of the data folder where none is given
    PlatformConfig config(String folder) throws CannotRunException {
        String property = System.getProperty(HOME);
        if (property == null) {
            throw new CannotRunException(
                    "run it by the script ./thumbwheel, which says where it is");
        }
        Path home = Path.of(property);
        return new PlatformConfig(
                home,
                data == null ? home.resolve(folder) : data.toAbsolutePath(),
                policy == null ? home.resolve("standalone/seed-policy") : policy.toAbsolutePath(),
                ports(),
                PlatformConfig.Refreshing.ON_REQUEST,
                Map.of());
    }

    private PortPlan ports() {
        try {
            return new PortPlan(portBase);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(command).commandLine(),
                    "--port-base: " + e.getMessage(),
                    e);
        }
    }
}
