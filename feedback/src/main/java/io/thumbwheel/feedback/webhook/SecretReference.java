package io.thumbwheel.feedback.webhook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a secret is: never the secret itself, so that the file of webhooks may be shown.
///
/// @param env name of an environment variable; null where it is in a file
/// @param file path, beside the file of webhooks where it is not absolute; null where it is in the
///   environment
record SecretReference(@Nullable String env, @Nullable Path file) {
    SecretReference {
        if ((env == null) == (file == null)) {
            throw new IllegalArgumentException(
                    "a secret is {\"env\": NAME} or {\"file\": PATH}, one of both");
        }
    }

    /// The secret.
    ///
    /// @param folder of the file of webhooks
    /// @throws IOException where it is not there
    String resolve(Path folder, Map<String, String> environment) throws IOException {
        if (file != null) {
            return Files.readString(folder.resolve(file)).strip();
        }
        String value = environment.get(env);
        if (value == null || value.isBlank()) {
            throw new IOException("the environment has no variable " + env);
        }
        return value.strip();
    }
}
