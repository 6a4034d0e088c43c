package io.thumbwheel.serving.chat;

import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.Exchange;

/// Tells an answer when all of it is there.
final class WholeReply implements AnswerListener {
    private final Exchange exchange;
    private final Wire wire;

    WholeReply(Exchange exchange, Wire wire) {
        this.exchange = exchange;
        this.wire = wire;
    }

    @Override
    public void piece(Piece piece) {
        // The event at the end carries all of it.
    }

    @Override
    public void ended(Ended end) {
        exchange.context().runOnContext(_ -> exchange.reply(200, wire.whole(end)));
    }

    @Override
    public void failed(ApiException why) {
        exchange.fail(why);
    }
}
