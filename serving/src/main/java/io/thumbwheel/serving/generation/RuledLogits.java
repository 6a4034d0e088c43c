package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.LogitRules;

/// Penalties and biases as [LogitRules] defines them. The cost of a token is in proportion to the
/// different tokens of prompt and answer, not to the vocabulary.
final class RuledLogits implements LogitsProcessor {
    private final LogitRules rules;
    private final int[] biased; // token ids [biases]
    private final float[] biases; // [biases]
    private final int[] said; // [vocab] how often the answer has the token
    private final boolean[] met; // [vocab] whether prompt or answer have it
    private final int[] seen; // the ids met, each once; the first `different` count [vocab]
    private int different;

    /// @param prompt token ids [prompt]
    /// @throws IllegalArgumentException where a bias is of a token outside of the vocabulary
    RuledLogits(LogitRules rules, int[] prompt, int vocab) {
        this.rules = rules;
        this.said = new int[vocab];
        this.met = new boolean[vocab];
        this.seen = new int[vocab];
        this.biased = rules.logitBias().keySet().stream().mapToInt(id -> id).sorted().toArray();
        this.biases = new float[biased.length];
        for (int i = 0; i < biased.length; i++) {
            biases[i] = rules.logitBias().getOrDefault(biased[i], 0.0).floatValue();
        }
        for (int token : prompt) {
            meet(token);
        }
    }

    @Override
    public void process(float[] logits) {
        double repetition = rules.repetitionPenalty();
        for (int i = 0; i < different; i++) {
            int token = seen[i];
            double logit = logits[token];
            logit = logit > 0 ? logit / repetition : logit * repetition;
            if (said[token] > 0) {
                logit -= said[token] * rules.frequencyPenalty() + rules.presencePenalty();
            }
            logits[token] = (float) logit;
        }
        for (int i = 0; i < biased.length; i++) {
            logits[biased[i]] += biases[i];
        }
    }

    @Override
    public void drawn(int token) {
        said[token]++;
        meet(token);
    }

    private void meet(int token) {
        if (!met[token]) {
            met[token] = true;
            seen[different++] = token;
        }
    }
}
