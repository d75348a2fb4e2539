package io.millrace.hostile.corpus;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A proxy in front of one broker, which advertises the proxy's port: forwards everything, and keeps some requests of each client,
 * API and version. Thread-safe; a thread per connection and direction.
 */
final class TrafficRecorder implements AutoCloseable {

    /** Different ones of each client, API and version; a request's length stands for its shape. */
    private static final int MAX_SAMPLES = 6;

    private static final int MAX_SAMPLE_BYTES = 12 * 1024;
    private static final int MAX_FRAME_BYTES = 100 * 1024 * 1024;

    private final ServerSocket acceptor;
    private final Map<String, Set<Integer>> lengths = new HashMap<>();
    private final List<RecordedFrame> frames = new ArrayList<>();
    private volatile @Nullable Integer brokerPort;
    private volatile String client = "";

    TrafficRecorder() throws IOException {
        acceptor = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    int port() {
        return acceptor.getLocalPort();
    }

    void forwardTo(int port) {
        brokerPort = port;
        Thread.ofVirtual().start(this::accept);
    }

    /** Whose the requests are from now on. */
    void clientIs(String name) {
        client = name;
    }

    synchronized List<RecordedFrame> frames() {
        return List.copyOf(frames);
    }

    private void accept() {
        try {
            while (true) {
                Socket down = acceptor.accept();
                Integer port = brokerPort;
                if (port == null) {
                    throw new IllegalStateException("accepts before it knows its broker");
                }
                Socket up = new Socket(InetAddress.getLoopbackAddress(), port);
                Thread.ofPlatform().daemon().start(() -> relayRequests(down, up));
                Thread.ofPlatform().daemon().start(() -> relayAnswers(up, down));
            }
        } catch (IOException closed) {
            if (!acceptor.isClosed()) {
                throw new UncheckedIOException(closed);
            }
        }
    }

    private void relayRequests(Socket from, Socket to) {
        try (from;
                to;
                DataInputStream in = new DataInputStream(from.getInputStream());
                DataOutputStream out = new DataOutputStream(to.getOutputStream())) {
            while (true) {
                int length = in.readInt();
                if (length < RecordedFrame.MIN_BYTES || length > MAX_FRAME_BYTES) {
                    throw new IOException("a client sent a frame of " + length + " bytes");
                }
                byte[] frame = in.readNBytes(length);
                keep(frame);
                byte[] whole = ByteBuffer.allocate(Integer.BYTES + length)
                        .putInt(length)
                        .put(frame)
                        .array();
                out.write(whole);
                out.flush();
            }
        } catch (IOException closed) {
            // Either side went away, which is how connections end.
        }
    }

    private synchronized void keep(byte[] frame) {
        RecordedFrame recorded = new RecordedFrame(client, frame);
        String kind = client + " " + recorded.apiKey() + " " + recorded.apiVersion();
        Set<Integer> seen = lengths.computeIfAbsent(kind, key -> new HashSet<>());
        if (frame.length <= MAX_SAMPLE_BYTES && seen.size() < MAX_SAMPLES && seen.add(frame.length)) {
            frames.add(recorded);
        }
    }

    private static void relayAnswers(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException closed) {
            // Either side went away, which is how connections end.
        }
    }

    @Override
    public void close() throws IOException {
        acceptor.close();
    }
}
