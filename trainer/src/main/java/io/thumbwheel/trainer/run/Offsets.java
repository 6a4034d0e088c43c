package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.thumbwheel.schemas.event.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/// How far the log has been read: by topic and partition the offset of the next record.
public final class Offsets {
    private static final Pattern PLACE = Pattern.compile("(.+)/(\\d+)=(\\d+)");

    private final SortedMap<String, SortedMap<Integer, Long>> byTopic;

    @JsonCreator
    Offsets(Map<String, SortedMap<Integer, Long>> byTopic) {
        SortedMap<String, SortedMap<Integer, Long>> copy = new TreeMap<>();
        byTopic.forEach((topic, next) -> copy.put(topic, new TreeMap<>(next)));
        this.byTopic = copy;
    }

    /// Nothing read.
    public static Offsets none() {
        return new Offsets(Map.of());
    }

    static Offsets of(Map<TopicPartition, Long> next) {
        Map<String, SortedMap<Integer, Long>> byTopic = new TreeMap<>();
        next.forEach((partition, offset) ->
                byTopic.computeIfAbsent(partition.topic(), _ -> new TreeMap<>())
                        .put(partition.partition(), offset));
        return new Offsets(byTopic);
    }

    /// What [#toString] wrote.
    static Offsets parse(String text) {
        Map<TopicPartition, Long> next = new HashMap<>();
        for (String place : text.split(" ", -1)) {
            Matcher parts = PLACE.matcher(place);
            if (parts.matches()) {
                next.put(
                        new TopicPartition(parts.group(1), Integer.parseInt(parts.group(2))),
                        Long.valueOf(parts.group(3)));
            } else if (!place.isEmpty()) {
                throw new IllegalArgumentException(
                        "offsets are written as topic/partition=next, got '%s'".formatted(place));
            }
        }
        return of(next);
    }

    /// By topic, then partition.
    @JsonValue
    public SortedMap<String, SortedMap<Integer, Long>> byTopic() {
        SortedMap<String, SortedMap<Integer, Long>> copy = new TreeMap<>();
        byTopic.forEach((topic, next) -> copy.put(topic, new TreeMap<>(next)));
        return copy;
    }

    /// By partition, for one topic; empty where nothing of it was read.
    SortedMap<Integer, Long> of(Topics topic) {
        return new TreeMap<>(byTopic.getOrDefault(topic.topic(), new TreeMap<>()));
    }

    OptionalLong of(TopicPartition partition) {
        Long next =
                byTopic.getOrDefault(partition.topic(), new TreeMap<>()).get(partition.partition());
        return next == null ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /// These, with those of one topic replaced where `limits` names a partition.
    Offsets limited(Topics topic, Map<Integer, Long> limits) {
        SortedMap<String, SortedMap<Integer, Long>> changed = byTopic();
        changed.computeIfAbsent(topic.topic(), _ -> new TreeMap<>()).putAll(limits);
        return new Offsets(changed);
    }

    /// What of `wanted` has not been read yet, in words.
    Optional<String> lacking(Topics topic, Map<Integer, Long> wanted) {
        SortedMap<Integer, Long> read = of(topic);
        String lacking =
                new TreeMap<>(wanted)
                        .entrySet().stream()
                                .filter(limit ->
                                        limit.getValue() > read.getOrDefault(limit.getKey(), 0L))
                                .map(limit ->
                                        "partition %d is read to %d, asked was %d"
                                                .formatted(
                                                        limit.getKey(),
                                                        read.getOrDefault(limit.getKey(), 0L),
                                                        limit.getValue()))
                                .collect(Collectors.joining("; "));
        return lacking.isEmpty() ? Optional.empty() : Optional.of(lacking);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Offsets that && byTopic.equals(that.byTopic);
    }

    @Override
    public int hashCode() {
        return byTopic.hashCode();
    }

    /// `examples.v1/0=12 examples.v1/1=7 …`
    @Override
    public String toString() {
        return byTopic.entrySet().stream()
                .flatMap(topic ->
                        topic.getValue().entrySet().stream()
                                .map(next ->
                                        topic.getKey()
                                                + "/"
                                                + next.getKey()
                                                + "="
                                                + next.getValue()))
                .collect(Collectors.joining(" "));
    }
}
