package io.millrace.tools.shell;

/** What a person is told of a failure: its message, or its name when it has none; never a stack trace. */
public final class UserMessage {

    private UserMessage() {}

    public static String of(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
