package io.thumbwheel.trainer.model;

import ai.djl.pytorch.jni.JniUtils;

/// How many threads an operation of the engine uses, in all of the process.
public final class Threads {
    private static volatile int used = Runtime.getRuntime().availableProcessors();

    private Threads() {}

    /// @param count 0 means one per core
    public static void use(int count) {
        TorchScript.start();
        used = count > 0 ? count : Runtime.getRuntime().availableProcessors();
        JniUtils.setNumThreads(used);
    }

    /// How many those are.
    static int count() {
        return used;
    }
}
