package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.CompletionServed.Arm;
import io.thumbwheel.schemas.event.CompletionServed.Choice;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.LogProbs;
import io.thumbwheel.serving.chat.AnswerListener.Piece;
import io.thumbwheel.serving.generation.TextStream;
import io.thumbwheel.serving.generation.TopTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One choice while it is drawn: what was sampled, and the text of it that may be shown. Used by
/// one thread at a time.
final class ChoiceDraft {
    private final int index;
    private final TextStream stream;
    private final StringBuilder text = new StringBuilder();
    private final List<Integer> tokenIds = new ArrayList<>();
    private final List<TopTokens> top = new ArrayList<>();
    private float[] logProbs = new float[32];
    private int told;
    private FinishReason reason = FinishReason.CANCELLED;

    ChoiceDraft(int index, TextStream stream) {
        this.index = index;
        this.stream = stream;
    }

    /// Which one it is.
    int index() {
        return index;
    }

    /// Takes a token and returns the text that became visible.
    String accept(int id, float logProb, TopTokens mostProbable) {
        if (tokenIds.size() == logProbs.length) {
            logProbs = Arrays.copyOf(logProbs, 2 * logProbs.length);
        }
        logProbs[tokenIds.size()] = logProb;
        tokenIds.add(id);
        top.add(mostProbable);
        String visible = stream.accept(id);
        text.append(visible);
        return visible;
    }

    /// Whether a stop text has ended it.
    boolean stopped() {
        return stream.stopped();
    }

    /// Ends it and returns the text that was held back.
    String finish(FinishReason why) {
        reason = why;
        String rest = stream.finish();
        text.append(rest);
        return rest;
    }

    /// A piece with what was sampled since the last one.
    Piece piece(String visible) {
        Tokens tokens = tokens(told);
        told = tokenIds.size();
        return new Piece(index, visible, tokens);
    }

    /// What was sampled, from place `start` on.
    Tokens tokens(int start) {
        int end = tokenIds.size();
        return new Tokens(
                tokenIds.subList(start, end),
                Arrays.copyOfRange(logProbs, start, end),
                top.subList(start, end));
    }

    /// What it came to.
    Choice toChoice(String release, Arm arm) {
        return new Choice(
                release,
                arm,
                text.toString(),
                tokenIds,
                LogProbs.of(Arrays.copyOf(logProbs, tokenIds.size())),
                reason);
    }
}
