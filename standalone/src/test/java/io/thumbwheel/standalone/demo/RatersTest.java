package io.thumbwheel.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.Split;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RatersTest {
    @Test
    void thePlatformsOwnRuleSplitsThem28To6To6() {
        ApiKey key = new ApiKey("simulated", "s", "t", Set.of(Role.CHAT), RaterKind.SIMULATED);
        ApiKeys keys = new ApiKeys(Base64.getEncoder().encodeToString(new byte[32]), List.of(key));

        List<String> names = Raters.names(keys, "simulated");

        Map<Split, Long> splits =
                names.stream()
                        .map(name -> ApiKeys.pseudonym(keys.signingKey(), key, name))
                        .collect(Collectors.groupingBy(Split::ofRater, Collectors.counting()));
        assertThat(names).doesNotHaveDuplicates();
        assertThat(splits)
                .containsEntry(Split.TRAIN, 28L)
                .containsEntry(Split.VALIDATION, 6L)
                .containsEntry(Split.TEST, 6L);
    }

    @Test
    void whoTrainsIsTheSameUnderEveryKey() {
        assertThat(splits(new byte[32])).isEqualTo(splits(new byte[] {1, 2, 3})).hasSize(40);
    }

    private static List<Split> splits(byte[] signing) {
        ApiKey key = new ApiKey("simulated", "s", "t", Set.of(Role.CHAT), RaterKind.SIMULATED);
        ApiKeys keys =
                new ApiKeys(
                        Base64.getEncoder().encodeToString(Arrays.copyOf(signing, 32)),
                        List.of(key));
        return Raters.names(keys, "simulated").stream()
                .map(name -> Split.ofRater(ApiKeys.pseudonym(keys.signingKey(), key, name)))
                .toList();
    }

    @Test
    void the2000PromptsAreKnownOrUnseenAndNeverBoth() throws Exception {
        Prompts prompts = Prompts.read(new Chance(1));

        assertThat(prompts.known()).hasSize(1_600);
        assertThat(prompts.unseen()).hasSize(400).doesNotContainAnyElementsOf(prompts.known());
        assertThat(Prompts.read(new Chance(1))).isEqualTo(prompts);
        assertThat(Prompts.read(new Chance(2)).known()).isNotEqualTo(prompts.known());
    }
}
