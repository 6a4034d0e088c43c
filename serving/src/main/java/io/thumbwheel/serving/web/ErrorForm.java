package io.thumbwheel.serving.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// How a path tells an error: OpenAI's clients read another body than everybody else.
public enum ErrorForm {
    /// `{"error":{"message","type","param","code"}}`.
    OPENAI("application/json") {
        @Override
        public ObjectNode body(ApiException error) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.putObject("error")
                    .put("message", error.getMessage())
                    .put("type", error.type())
                    .put("param", error.param().orElse(null))
                    .put("code", error.code());
            return body;
        }
    },
    /// RFC 9457, section 3.
    PROBLEM("application/problem+json") {
        @Override
        public ObjectNode body(ApiException error) {
            ObjectNode body =
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("title", error.code().replace('_', ' '))
                            .put("status", error.status())
                            .put("detail", error.getMessage())
                            .put("code", error.code());
            error.param().ifPresent(param -> body.put("param", param));
            return body;
        }
    };

    private final String mediaType;

    ErrorForm(String mediaType) {
        this.mediaType = mediaType;
    }

    /// The body of an error.
    public abstract ObjectNode body(ApiException error);

    String mediaType() {
        return mediaType;
    }
}
