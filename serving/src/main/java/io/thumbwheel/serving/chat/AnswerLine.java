package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.serving.web.ApiException;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/// The line that an answer has in the log, where `serving.log.answers` asks for it: who, what by
/// ids and hashes, and how much; never what was said. In its fields stand `request`, `completion`,
/// `conversation` (its hash, which is also the key of its record in Kafka), `caller` and `release`.
///
/// @param on whether there is such a line
/// @param prompt what is answered
/// @param request id of the request
/// @param release what answers
record AnswerLine(boolean on, Prompt prompt, String request, String release) {
    private static final Logger LOG = Logger.getLogger(AnswerLine.class);

    void answered(CompletionServed served, double millis) {
        if (on) {
            int tokens =
                    served.choices().stream().mapToInt(choice -> choice.tokenIds().size()).sum();
            log(
                    "answered: %d + %d tokens in %.1f ms, %s"
                            .formatted(
                                    served.promptIds().size(),
                                    tokens,
                                    millis,
                                    served.choices().stream()
                                            .map(choice -> Envelope.reason(choice.finishReason()))
                                            .distinct()
                                            .toList()));
        }
    }

    void failed(ApiException why, double millis) {
        if (on) {
            log("not answered: %d %s after %.1f ms".formatted(why.status(), why.code(), millis));
        }
    }

    private void log(String line) {
        Map<String, String> fields =
                Map.of(
                        "request", request,
                        "completion", prompt.id().toString(),
                        "conversation", prompt.id().route(),
                        "caller", prompt.caller(),
                        "release", release);
        fields.forEach(MDC::put);
        try {
            LOG.info(line);
        } finally {
            fields.keySet().forEach(MDC::remove);
        }
    }
}
