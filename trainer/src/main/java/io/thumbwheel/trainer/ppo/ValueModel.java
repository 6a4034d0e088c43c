package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.DecoderInput;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.model.Scale;
import io.thumbwheel.trainer.reward.Normalisation;
import io.thumbwheel.trainer.reward.PaddedBatch;
import io.thumbwheel.trainer.reward.RewardModel;

/// The critic: a network of its own, begun from the reward model (InstructGPT, arXiv:2203.02155,
/// C.4; Huang et al., arXiv:2403.17031, detail 22), whose gain and bias it keeps, so that it begins
/// on the scale of the scores.
///
/// Owns its network.
///
/// @param network a number per position
/// @param scale from the network's numbers to values
record ValueModel(ScalarModel network, Normalisation scale) implements AutoCloseable {

    /// The value model that a reward model begins, with weights of its own.
    static ValueModel from(NDManager manager, RewardModel reward) {
        return new ValueModel(reward.model().copy(manager), reward.modelScale());
    }

    /// The value of the state before each response token, differentiable [tokens].
    ///
    /// @param input of `batch`
    NDArray values(NDManager manager, DecoderInput input, PaddedBatch batch) {
        NDArray all = network.values(input, batch.response(manager)); // [batch, seq]
        NDArray raw = all.reshape(-1).gather(manager.create(batch.beforePositions()), 0);
        return Scale.by(raw, scale.gain()).add(scale.bias());
    }

    @Override
    public void close() {
        network.close();
    }
}
