package io.thumbwheel.embedded;

import java.util.ArrayList;
import java.util.List;

/// A program that knows nothing of supervisors, held by a pipe on its standard input all the same:
/// it gets SIGTERM when the pipe ends, and SIGKILL where that does not end it within a minute (a
/// Redis that cannot write to its folder any more takes no notice).
public final class HeldCommand {
    private static final int GRACE_SECONDS = 60;

    /// `$@` runs until it ends by itself, or the pipe on standard input ends, or SIGTERM comes. A
    /// Ctrl-C in the terminal is for the supervisor alone. What watches the pipe ends before it
    /// does.
    private static final String SCRIPT =
            """
            trap '' INT HUP
            grace=$1; shift
            exec 3<&0
            "$@" </dev/null 3<&- & program=$!
            trap 'kill $program' TERM
            {
                cat <&3 >/dev/null; kill $program
                while [ $grace -gt 0 ] && kill -0 $program; do sleep 1; grace=$((grace - 1)); done
                kill -9 $program
            } 2>/dev/null & pipe=$!
            exec 3<&-
            wait $program; code=$?
            [ $code -gt 128 ] && wait $program 2>/dev/null
            { kill $pipe; wait $pipe; } 2>/dev/null
            exit $code
            """;

    private HeldCommand() {}

    /// The command line that runs a program so.
    public static List<String> of(String... program) {
        return of(GRACE_SECONDS, program);
    }

    /// @param graceSeconds between SIGTERM and SIGKILL
    static List<String> of(int graceSeconds, String... program) {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", SCRIPT, "sh", String.valueOf(graceSeconds)));
        command.addAll(List.of(program));
        return List.copyOf(command);
    }
}
