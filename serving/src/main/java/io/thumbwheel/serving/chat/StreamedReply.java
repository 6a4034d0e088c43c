package io.thumbwheel.serving.chat;

import io.thumbwheel.serving.chat.CompletionRequest.Delivery;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.ErrorForm;
import io.thumbwheel.serving.web.Exchange;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells an answer piece by piece as server-sent events, in OpenAI's order: in chats a role chunk
/// per choice, content chunks, a finish chunk per choice, the usage where asked for, `[DONE]`.
///
/// All of its state belongs to the connection's event loop. The status line leaves with the first
/// piece, so that what fails before has its own status; what fails later is an error event. A
/// reader who lies too many chunks behind is cut, and so is an answer whose pieces the event loop
/// does not get round to: nothing waits without a bound.
final class StreamedReply implements AnswerListener {
    /// An answer of many choices offers a piece of each at every step, and the event loop may pause
    /// for longer than a reader: this many times [#mostBehind] pieces are a bound for memory only.
    private static final int PER_BEHIND = 16;

    private final Exchange exchange;
    private final HttpServerResponse response;
    private final Wire wire;
    private final Prompt prompt;
    private final int mostBehind;
    private final Runnable cut;

    private final Queue<Piece> offered = new ConcurrentLinkedQueue<>();

    /// Pieces offered that the event loop has not taken yet; it is on its way to them from the
    /// first on.
    private final AtomicInteger untaken = new AtomicInteger();

    private final Queue<Told> behind = new ArrayDeque<>();
    private int behindBy; // chunks in it
    private final int[] told;
    private final @Nullable TextChunk[] chunks; // by choice
    private boolean begun;
    private boolean over;
    private boolean ending;

    /// @param mostBehind chunks that the reader may lie behind
    /// @param cut ends the answer where the reader lies further behind
    StreamedReply(Exchange exchange, Wire wire, Prompt prompt, int mostBehind, Runnable cut) {
        this.exchange = exchange;
        this.response = exchange.response();
        this.wire = wire;
        this.prompt = prompt;
        this.mostBehind = mostBehind;
        this.cut = cut;
        this.told = new int[prompt.request().choices()];
        this.chunks = new @Nullable TextChunk[told.length];
    }

    /// What waits for the reader.
    private record Told(String events, int chunks) {}

    @Override
    public void piece(Piece piece) {
        if (untaken.get() >= PER_BEHIND * mostBehind) {
            cut.run();
            return;
        }
        offered.add(piece);
        if (untaken.getAndIncrement() == 0) {
            exchange.context().runOnContext(_ -> take());
        }
    }

    @Override
    public void ended(Ended end) {
        exchange.context()
                .runOnContext(_ -> {
                    take();
                    end(end);
                });
    }

    @Override
    public void failed(ApiException why) {
        exchange.context()
                .runOnContext(_ -> {
                    take();
                    if (begun) {
                        finish(event(ErrorForm.OPENAI.body(why).toString()));
                    } else {
                        exchange.fail(why);
                    }
                });
    }

    /// Tells all pieces that are there by now: each write costs a system call.
    private void take() {
        int taken = untaken.get();
        if (taken == 0) {
            return;
        }
        StringBuilder events = new StringBuilder(begin());
        for (int i = 0; i < taken; i++) {
            events.append(event(content(offered.remove())));
        }
        tell(events.toString(), taken);
        if (untaken.addAndGet(-taken) > 0) {
            exchange.context().runOnContext(_ -> take());
        }
    }

    private String content(Piece piece) {
        told[piece.choice()] += piece.tokens().ids().size();
        Delivery delivery = prompt.request().delivery();
        if (delivery.logProbs() || delivery.tokenIds()) {
            return wire.content(piece).toString();
        }
        TextChunk chunk = chunks[piece.choice()];
        if (chunk == null) {
            chunk = TextChunk.of(wire, piece);
            chunks[piece.choice()] = chunk;
        }
        return chunk.with(piece.text());
    }

    /// The events that come first; none where they are told already.
    private String begin() {
        if (begun) {
            return "";
        }
        begun = true;
        if (gone()) {
            return "";
        }
        response.setStatusCode(200)
                .setChunked(true)
                .putHeader("content-type", "text/event-stream; charset=utf-8")
                .putHeader("cache-control", "no-cache")
                .putHeader("x-accel-buffering", "no");
        return wire.opening().stream()
                .map(chunk -> event(chunk.toString()))
                .collect(Collectors.joining());
    }

    private void end(Ended end) {
        StringBuilder events = new StringBuilder(begin());
        for (int index = 0; index < told.length; index++) {
            Tokens rest = end.tokens().get(index).from(told[index]);
            events.append(event(wire.finish(index, end, rest).toString()));
        }
        if (prompt.request().delivery().includeUsage()) {
            events.append(event(wire.usage(end).toString()));
        }
        finish(events.append(event("[DONE]")).toString());
    }

    private void finish(String events) {
        if (!behind.isEmpty()) {
            ending = true;
            tell(events, 1);
        } else if (!gone()) {
            over = true;
            response.end(events);
        }
    }

    private static String event(String data) {
        return "data: " + data + "\n\n";
    }

    /// @param chunks of answers' text in it
    private void tell(String events, int chunks) {
        if (gone()) {
            return;
        }
        if (behind.isEmpty() && !response.writeQueueFull()) {
            response.write(events);
            return;
        }
        behind.add(new Told(events, chunks));
        behindBy += chunks;
        if (behindBy > mostBehind) {
            over = true;
            behind.clear();
            cut.run();
            response.reset();
        } else if (behind.size() == 1) {
            response.drainHandler(_ -> drain());
        }
    }

    private void drain() {
        while (!behind.isEmpty() && !gone() && !response.writeQueueFull()) {
            Told told = behind.remove();
            behindBy -= told.chunks();
            response.write(told.events());
        }
        if (behind.isEmpty() && ending && !gone()) {
            over = true;
            response.end();
        }
    }

    private boolean gone() {
        return over || response.ended() || response.closed();
    }
}
