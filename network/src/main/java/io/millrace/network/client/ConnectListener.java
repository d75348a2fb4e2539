package io.millrace.network.client;

import java.io.IOException;

/** Told, on the connector's loop and exactly once, how an attempt to connect ended. */
public interface ConnectListener {

    /** The channel is open and belongs to the listener, which closes it when it is done. */
    void connected(RequestChannel channel);

    /** No address of the host could be reached; the message names host, port and each cause. */
    void failed(IOException cause);
}
