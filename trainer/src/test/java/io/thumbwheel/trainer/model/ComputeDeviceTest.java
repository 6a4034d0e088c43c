package io.thumbwheel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.TrainerConsole;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeDeviceTest {
    private static final ComputeDevice SECOND = ComputeDevice.parse("cuda:1");

    @Test
    void namesAreReadAndWritten() {
        assertThat(ComputeDevice.parse("cpu")).isEqualTo(ComputeDevice.CPU).hasToString("cpu");
        assertThat(ComputeDevice.parse("cuda")).hasToString("cuda:0");
        assertThat(SECOND).isEqualTo(new ComputeDevice(Optional.of(1))).hasToString("cuda:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CUDA", "cuda:", "cuda:-1", "cuda:x", "cuda:1234"})
    void otherNamesAreRefused(String name) {
        assertThatThrownBy(() -> ComputeDevice.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a device is cpu, cuda or cuda:N with N from 0, got \"" + name + "\"");
    }

    @Test
    void whatIsMissingIsSaid() {
        assertThat(SECOND.missing(false, 0, "2.5.1").orElseThrow())
                .contains("cuda:1 is not there", "computes on CPUs only", "-Pcuda")
                .contains("ai.djl.pytorch:pytorch-native-cu124:2.5.1", "driver for CUDA 12.4");
        assertThat(SECOND.missing(true, 0, "2.5.1").orElseThrow())
                .contains("no GPU was found", "nvidia-smi", "libcudart.so");
        assertThat(SECOND.missing(true, 1, "2.5.1").orElseThrow())
                .contains("cuda:1 is not there: the driver has 1 GPU(s), cuda:0 to cuda:0");
        assertThat(SECOND.missing(true, 2, "2.5.1")).isEmpty();
    }

    @Test
    void theCpuIsThereAndHasMemory() {
        try (NDManager manager = ComputeDevice.CPU.open()) {
            assertThat(manager.getDevice()).isEqualTo(Device.cpu());
        }
        assertThat(ComputeDevice.CPU.available()).isGreaterThan(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pretrain --tokenizer t --data d --out o",
                "sft --init i --data d --out o",
                "reward --init i --data d --out o",
                "ppo --init i --out o",
                "evaluate --reference r --judge j --prompts p"
            })
    void commandsRefuseAGpuThatThisBuildCannotUse(String command) {
        TrainerConsole console = new TrainerConsole();

        int code = console.run((command + " --device cuda:0").split(" "));

        assertThat(code).isEqualTo(2);
        assertThat(console.err()).contains("--device: cuda:0 is not there").contains("-Pcuda");
    }

    /// What a kernel makes without saying where is on the default device, the CPU.
    @Test
    void kernelsMakeTensorsWhereTheirArgumentsAre() throws IOException {
        try (InputStream source = ComputeDevice.class.getResourceAsStream("decoder.torchscript")) {
            List<String> makers =
                    new String(source.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line ->
                                    line.matches(
                                            ".*torch\\.(arange|empty|eye|full|linspace|ones|rand\\w*|tensor|zeros)\\(.*"))
                            .toList();

            assertThat(makers)
                    .hasSize(3)
                    .allMatch(line -> line.contains("device=ops.prim.device("));
        }
    }

    @Test
    void commandsRefuseADeviceThatIsNone() {
        TrainerConsole console = new TrainerConsole();

        assertThat(console.run("ppo", "--init", "i", "--out", "o", "--device", "tpu")).isEqualTo(2);

        assertThat(console.err()).contains("a device is cpu, cuda or cuda:N", "got \"tpu\"");
    }
}
