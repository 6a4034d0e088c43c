package io.thumbwheel.trainer.run;

import java.util.Optional;

/// Which code runs.
final class CodeVersion {
    private CodeVersion() {}

    /// Version of the build and, where `THUMBWHEEL_REVISION` names it, its revision.
    static String current() {
        String version =
                Optional.ofNullable(CodeVersion.class.getPackage().getImplementationVersion())
                        .orElse("development");
        return Optional.ofNullable(System.getenv("THUMBWHEEL_REVISION"))
                .map(revision -> version + " " + revision)
                .orElse(version);
    }
}
