package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.ErrorForm;
import io.thumbwheel.serving.web.Exchange;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

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

    /// Pieces offered that the event loop has not taken yet.
    private final AtomicInteger offered = new AtomicInteger();

    private final Queue<String> behind = new ArrayDeque<>();
    private final int[] told;
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
    }

    @Override
    public void piece(Piece piece) {
        if (offered.incrementAndGet() > PER_BEHIND * mostBehind) {
            offered.decrementAndGet();
            cut.run();
            return;
        }
        exchange.context()
                .runOnContext(_ -> {
                    offered.decrementAndGet();
                    begin();
                    told[piece.choice()] += piece.tokens().ids().size();
                    send(wire.content(piece));
                });
    }

    @Override
    public void ended(Ended end) {
        exchange.context().runOnContext(_ -> end(end));
    }

    @Override
    public void failed(ApiException why) {
        exchange.context()
                .runOnContext(_ -> {
                    if (!begun) {
                        exchange.fail(why);
                    } else {
                        send(ErrorForm.OPENAI.body(why));
                        finish();
                    }
                });
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        if (gone()) {
            return;
        }
        response.setStatusCode(200)
                .setChunked(true)
                .putHeader("content-type", "text/event-stream; charset=utf-8")
                .putHeader("cache-control", "no-cache")
                .putHeader("x-accel-buffering", "no");
        wire.opening().forEach(this::send);
    }

    private void end(Ended end) {
        begin();
        for (int index = 0; index < told.length; index++) {
            send(wire.finish(index, end, end.tokens().get(index).from(told[index])));
        }
        if (prompt.request().delivery().includeUsage()) {
            send(wire.usage(end));
        }
        event("[DONE]");
        finish();
    }

    private void finish() {
        if (behind.isEmpty()) {
            if (!gone()) {
                over = true;
                response.end();
            }
        } else {
            ending = true;
        }
    }

    private void send(ObjectNode chunk) {
        event(chunk.toString());
    }

    private void event(String data) {
        if (gone()) {
            return;
        }
        String event = "data: " + data + "\n\n";
        if (behind.isEmpty() && !response.writeQueueFull()) {
            response.write(event);
            return;
        }
        behind.add(event);
        if (behind.size() > mostBehind) {
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
            response.write(behind.remove());
        }
        if (behind.isEmpty() && ending) {
            finish();
        }
    }

    private boolean gone() {
        return over || response.ended() || response.closed();
    }
}
