package io.thumbwheel.trainer.ppo;

import io.thumbwheel.trainer.model.AdamW;

/// The value model and what moves it. Owns both.
record Critic(ValueModel model, AdamW optimizer) implements AutoCloseable {
    @Override
    public void close() {
        optimizer.close();
        model.close();
    }
}
