package io.thumbwheel.trainer.model;

import ai.djl.pytorch.jni.JniUtils;

/// How many threads an operation of the engine uses, in all of the process.
public final class Threads {
    private Threads() {}

    /// @param count 0 means one per core
    public static void use(int count) {
        TorchScript.start();
        JniUtils.setNumThreads(count > 0 ? count : Runtime.getRuntime().availableProcessors());
    }
}
