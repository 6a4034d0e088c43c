package io.thumbwheel.serving.generation;

/// The most probable tokens of a draw, the most probable first, under the distribution that was
/// drawn from: there are fewer than asked for where top-k, top-p, min-p or a constraint left fewer.
///
/// @param ids token ids [top]
/// @param logProbs one for each [top]
public record TopTokens(int[] ids, float[] logProbs) {
    /// Where nobody asked.
    public static final TopTokens NONE = new TopTokens(new int[0], new float[0]);
}
