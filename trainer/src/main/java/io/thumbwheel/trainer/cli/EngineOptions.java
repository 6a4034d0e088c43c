package io.thumbwheel.trainer.cli;

import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Threads;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// On what a command computes: options that all commands with a model share.
public final class EngineOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = "--threads", description = "Of the engine; 0 means one per core.")
    private int threads = 0;

    @Option(
            names = "--device",
            converter = DeviceName.class,
            description =
                    "cpu, cuda or cuda:N. CUDA needs a build with the profile cuda (docs/trainer.md).")
    private ComputeDevice device = ComputeDevice.CPU;

    /// As given; 0 means one per core.
    public int threads() {
        return threads;
    }

    /// Begins the engine.
    ///
    /// @return where models of the command go; it is there
    public ComputeDevice begin() {
        Threads.use(threads);
        try {
            device.require();
        } catch (IllegalArgumentException missing) {
            if (command == null) {
                throw missing;
            }
            throw new ParameterException(
                    command.commandLine(), "--device: " + missing.getMessage(), missing);
        }
        return device;
    }

    /// Reads a device's name.
    static final class DeviceName implements ITypeConverter<ComputeDevice> {
        @Override
        public ComputeDevice convert(String name) {
            try {
                return ComputeDevice.parse(name);
            } catch (IllegalArgumentException unknown) {
                throw new TypeConversionException(unknown.getMessage());
            }
        }
    }
}
