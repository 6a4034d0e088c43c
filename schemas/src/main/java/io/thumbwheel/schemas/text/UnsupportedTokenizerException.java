package io.thumbwheel.schemas.text;

/// A tokenizer or chat template that is broken or of a kind that is not supported; the message
/// names what was found and what is accepted.
public final class UnsupportedTokenizerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedTokenizerException(String message) {
        super(message);
    }

    UnsupportedTokenizerException(String message, Throwable cause) {
        super(message, cause);
    }
}
