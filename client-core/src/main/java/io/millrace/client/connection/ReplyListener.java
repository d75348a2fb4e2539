package io.millrace.client.connection;

/** Told exactly once, on the client's loop and never from within the call that sent the request, how the request ended. */
@FunctionalInterface
public interface ReplyListener {
    void onReply(Reply reply);
}
