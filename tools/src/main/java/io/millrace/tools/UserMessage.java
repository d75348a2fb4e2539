package io.millrace.tools;

/** What a person is told of a failure: its message, or its name when it has none; never a stack trace. */
final class UserMessage {

    private UserMessage() {}

    static String of(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
