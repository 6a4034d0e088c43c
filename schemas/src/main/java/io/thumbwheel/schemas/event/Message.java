package io.thumbwheel.schemas.event;

/// One turn of a conversation.
///
/// @param role `system`, `user` or `assistant`
/// @param content the text, as given
public record Message(String role, String content) {
    public Message {
        if (!role.equals("system") && !role.equals("user") && !role.equals("assistant")) {
            throw new IllegalArgumentException(
                    "role must be system, user or assistant, got '" + role + "'");
        }
    }
}
