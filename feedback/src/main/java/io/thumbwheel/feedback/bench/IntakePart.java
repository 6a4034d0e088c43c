package io.thumbwheel.feedback.bench;

import io.thumbwheel.schemas.event.CompletionId;
import java.io.IOException;
import java.util.List;

/// One feedback a request over 128 connections, acknowledged by all replicas, beside the same
/// requests to the same server that only reads them.
final class IntakePart implements BenchPart {
    private static final int CONNECTIONS = 128;
    private static final double SECONDS = 5;
    private static final int ROUNDS = 3;

    @Override
    public List<Figure> measure(BenchPlatform platform) throws IOException, InterruptedException {
        platform.startFeedback();
        HttpLoad load = new HttpLoad(platform.port(), platform.key(), "application/json");
        CompletionId about = new Samples(platform.signing()).id(1);
        double stored = 0;
        double read = 0;
        // The first round only warms up.
        for (int round = 0; round <= ROUNDS; round++) {
            int number = round;
            double storedNow =
                    load.perSecond(
                            "/v1/feedback",
                            CONNECTIONS,
                            SECONDS,
                            i -> Samples.pick(about, number + "-" + i));
            double readNow =
                    load.perSecond(
                            "/v1/feedback?dryrun=true",
                            CONNECTIONS,
                            SECONDS,
                            i -> Samples.pick(about, number + "-" + i));
            if (round > 0) {
                stored += storedNow / ROUNDS;
                read += readNow / ROUNDS;
            }
        }
        return List.of(
                Figure.atLeast("intake with acks=all v. only parsed", stored, read, 0.25, "/s"));
    }
}
