package io.thumbwheel.trainer.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// The training stream: several sources in fixed shares of tokens, each read again and again in a
/// new order and with new changes.
///
/// At any point of the stream every source has had its share of the tokens so far, give or take a
/// document: a run may stop anywhere.
final class TrainingMix {
    /// Where the next document of a source comes from.
    @FunctionalInterface
    interface Documents {
        Document next();
    }

    private static final class Share {
        private final double part;
        private final Documents documents;
        private long tokens;

        Share(double part, Documents documents) {
            this.part = part;
            this.documents = documents;
        }
    }

    private final List<Share> shares = new ArrayList<>();

    TrainingMix add(double part, Documents documents) {
        shares.add(new Share(part, documents));
        return this;
    }

    /// The next document: from the source that is furthest behind its share.
    Document next(Function<Document, Integer> tokenCount) {
        Share behind = shares.getFirst();
        for (Share share : shares) {
            if (share.tokens / share.part < behind.tokens / behind.part) {
                behind = share;
            }
        }
        Document document = behind.documents.next();
        behind.tokens += tokenCount.apply(document);
        return document;
    }

    /// Documents made from items that are shuffled anew at every pass; items that give none are
    /// passed over.
    static <T> Documents passes(
            List<T> items, RandomGenerator random, Function<T, Optional<? extends Document>> make) {
        var order = new ArrayList<>(items);
        int[] at = {order.size()};
        return () -> {
            for (int tries = 0; tries < 10 * order.size() + 10; tries++) {
                if (at[0] == order.size()) {
                    Collections.shuffle(order, Random.from(random));
                    at[0] = 0;
                }
                Optional<? extends Document> made = make.apply(order.get(at[0]++));
                if (made.isPresent()) {
                    return made.get();
                }
            }
            throw new IllegalStateException("a source of the training mix gives no document");
        };
    }
}
