package io.thumbwheel.trainer.ppo;

import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.Split;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/// Which prompts are rolled out on and which only the gate asks, for ever apart: the gate gets
/// those of validation and test raters, and a quarter of the training raters' by digest, because
/// two splits of a small platform alone are too few to compare policies on.
///
/// @param rollouts what PPO samples answers to, in the order of their digests
/// @param heldOut what the gate asks
record PromptSets(List<List<Integer>> rollouts, List<List<Integer>> heldOut) {
    PromptSets {
        rollouts = List.copyOf(rollouts);
        heldOut = List.copyOf(heldOut);
    }

    /// The sets of `prompts`; those too long to leave room for an answer are left out.
    ///
    /// @param maxPromptTokens longest prompt that is used
    static PromptSets of(List<PromptSeen> prompts, int maxPromptTokens) {
        List<List<Integer>> rollouts = new ArrayList<>();
        List<List<Integer>> heldOut = new ArrayList<>();
        prompts.stream()
                .filter(prompt -> !prompt.promptIds().isEmpty())
                .filter(prompt -> prompt.promptIds().size() <= maxPromptTokens)
                .sorted(Comparator.comparing(PromptSeen::digest))
                .forEach(prompt -> {
                    boolean rolledOut =
                            prompt.split() == Split.TRAIN && !isHeldOut(prompt.digest());
                    (rolledOut ? rollouts : heldOut).add(prompt.promptIds());
                });
        return new PromptSets(rollouts, heldOut);
    }

    /// With more to roll out on, of which the gate asks none.
    PromptSets with(List<List<Integer>> others) {
        Set<List<Integer>> all = new LinkedHashSet<>(rollouts);
        all.addAll(others);
        return new PromptSets(
                List.copyOf(all),
                heldOut.stream().filter(prompt -> !others.contains(prompt)).toList());
    }

    private static boolean isHeldOut(String digest) {
        CRC32C crc = new CRC32C();
        crc.update(("gate:" + digest).getBytes(StandardCharsets.UTF_8));
        return crc.getValue() % 4 == 0;
    }
}
