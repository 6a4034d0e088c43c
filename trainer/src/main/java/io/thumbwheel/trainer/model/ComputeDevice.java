package io.thumbwheel.trainer.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.util.cuda.CudaUtils;
import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where models live and compute: the CPU or one CUDA GPU. Tensors are made by [#open]'s manager
/// and its children, so that everything of a run is on the one device; what is only ever read from
/// Java (sizes, rates) is made on the host.
///
/// @param gpu number of the GPU, from 0; empty for the CPU
public record ComputeDevice(Optional<Integer> gpu) {
    /// The processor that runs the program.
    public static final ComputeDevice CPU = new ComputeDevice(Optional.empty());

    private static final Pattern NAME = Pattern.compile("cuda(?::(\\d{1,3}))?");
    private static final String ENGINE = "PyTorch";

    /// Reads `cpu`, `cuda` (the first GPU) or `cuda:N`.
    public static ComputeDevice parse(String name) {
        if (name.equals("cpu")) {
            return CPU;
        }
        Matcher cuda = NAME.matcher(name);
        if (!cuda.matches()) {
            throw new IllegalArgumentException(
                    "a device is cpu, cuda or cuda:N with N from 0, got \"%s\"".formatted(name));
        }
        return new ComputeDevice(
                Optional.of(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1))));
    }

    /// A manager whose tensors are on this device.
    ///
    /// @throws IllegalArgumentException where the device is not there; says what is missing
    @MustBeClosed
    public NDManager open() {
        require();
        return NDManager.newBaseManager(device(), ENGINE);
    }

    /// Ends where the device is not there.
    ///
    /// @throws IllegalArgumentException says what is missing
    public void require() {
        if (gpu.isPresent()) {
            TorchScript.start();
            Engine engine = Engine.getEngine(ENGINE);
            missing(
                            engine.hasCapability(StandardCapabilities.CUDA),
                            engine.getGpuCount(),
                            engine.getVersion())
                    .ifPresent(what -> {
                        throw new IllegalArgumentException(what);
                    });
        }
    }

    /// What keeps this GPU from being used.
    ///
    /// @param cuda whether the PyTorch that was loaded can use GPUs
    /// @param gpus how many the driver has
    /// @param version of PyTorch
    Optional<String> missing(boolean cuda, int gpus, String version) {
        if (!cuda) {
            return Optional.of(
                    "%s is not there: the PyTorch %s that was loaded computes on CPUs only; build with Maven's profile cuda (-Pcuda), which adds ai.djl.pytorch:pytorch-native-cu124:%s (2.5 GB), and have an NVIDIA driver for CUDA 12.4 (550 or newer) and libcudart.so.12 as libcudart.so on the library path"
                            .formatted(this, version, version));
        }
        if (gpus == 0) {
            return Optional.of(
                    "%s is not there: PyTorch %s can use CUDA, but no GPU was found; check `nvidia-smi` (driver 550 or newer) and that libcudart.so is on the library path"
                            .formatted(this, version));
        }
        return gpu.filter(number -> number >= gpus)
                .map(_ ->
                        "%s is not there: the driver has %d GPU(s), cuda:0 to cuda:%d; see `nvidia-smi`"
                                .formatted(this, gpus, gpus - 1));
    }

    /// Bytes that a run can still take: on the CPU what the kernel says can be had without swapping
    /// (`MemAvailable`; all of the address space where it says nothing), on a GPU what no process
    /// holds.
    public long available() {
        if (gpu.isPresent()) {
            MemoryUsage memory = CudaUtils.getGpuMemory(device());
            return memory.getMax() - memory.getCommitted();
        }
        try {
            return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                    .filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException unknown) {
            return Long.MAX_VALUE;
        }
    }

    /// A child of `manager` that makes tensors in the host's memory.
    static NDManager host(NDManager manager) {
        return manager.newSubManager(Device.cpu());
    }

    private Device device() {
        return gpu.map(Device::gpu).orElseGet(Device::cpu);
    }

    @Override
    public String toString() {
        return gpu.map(number -> "cuda:" + number).orElse("cpu");
    }
}
