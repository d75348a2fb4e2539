package io.millrace.network.client;

import io.netty.buffer.ByteBuf;
import java.io.IOException;

/** Told, on the channel's loop and exactly once, how one request ended. */
public interface ResponseListener {

    /**
     * The answer came.
     *
     * @param frame without its length, {@code readerIndex} at the response header, whose correlation id was checked; the listener
     *     releases it
     */
    void onResponse(ByteBuf frame);

    /** No answer will come: the channel closed or timed out. Whether the server did what was asked is not known. */
    void onFailure(IOException cause);
}
