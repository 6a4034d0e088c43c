package io.thumbwheel.serving;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/// Gives the service under test sockets that hold little, so that it sees soon who does not read;
/// the system would let them grow to megabytes.
@Singleton
public final class SmallSendBuffers implements HttpServerOptionsCustomizer {
    private static final int BYTES = 32 << 10;

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setSendBufferSize(BYTES);
    }
}
