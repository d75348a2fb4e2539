package io.millrace.network.connection;

import io.millrace.runtime.EventLoop;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One accepted connection as its request handler sees it. Owned by {@link #loop()} unless a method says otherwise. */
public interface Connection {

    /** Unique in this process. Any thread. */
    long id();

    /** The name of the listener that accepted it. Any thread. */
    String listenerName();

    /** Any thread. */
    InetSocketAddress peerAddress();

    /** Any thread. */
    InetSocketAddress localAddress();

    /** The shard loop that owns it. Any thread. */
    EventLoop loop();

    /** As the last request said; null before the first, or when that said none. */
    @Nullable
    String clientId();

    /** What {@link #attach} was given last: the handler's session, e.g. principal and client software. */
    @Nullable
    Object attachment();

    void attach(@Nullable Object session);

    /** Tells what the connection turned out to be; {@link TrafficClass#UNCLASSIFIED} until then. */
    void trafficClass(TrafficClass trafficClass);

    /** Lifts the frame cap and the handshake timeout that hold before authentication. Idempotent. */
    void authenticated();

    /** Reads nothing more for {@code durationMs} (at least 0; a client that is throttled); answers still leave. */
    void pauseReading(long durationMs);

    /** Closes at once; answers that did not leave are dropped. Any thread; idempotent, the first reason counts. */
    void close(CloseReason reason, String why);

    /** Whether it was still open a moment ago. Any thread. */
    boolean isOpen();
}
