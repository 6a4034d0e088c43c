package io.thumbwheel.standalone.platform;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a platform on one machine runs on.
///
/// @param home folder of the built project: `serving/target/quarkus-app` and its sisters
/// @param data folder of all state; made where missing
/// @param policy Hugging Face folder that becomes release r0 where the store is empty
/// @param ports where it listens
public record PlatformConfig(Path home, Path data, Path policy, PortPlan ports) {
    private static final List<String> POLICY_FILES =
            List.of("config.json", "tokenizer.json", "model.safetensors");

    /// The same on another data folder.
    public PlatformConfig in(Path folder) {
        return new PlatformConfig(home, folder, policy, ports);
    }

    /// Checks what a person can get wrong.
    ///
    /// @throws CannotRunException says what is wrong and what to do
    void check() throws CannotRunException {
        for (String service : List.of("serving", "feedback", "trainer")) {
            if (!Files.isRegularFile(jar(service))) {
                throw new CannotRunException(
                        "%s is not built (%s is missing): run ./thumbwheel up, which builds it"
                                .formatted(service, jar(service)));
            }
        }
        for (String file : POLICY_FILES) {
            if (!Files.isRegularFile(policy.resolve(file))) {
                throw new CannotRunException(
                        "%s is not a policy: it has no %s; give a Llama-family Hugging Face folder with --policy DIR"
                                .formatted(policy, file));
            }
        }
    }

    Path jar(String service) {
        return home.resolve(service).resolve("target/quarkus-app/quarkus-run.jar");
    }
}
