package io.millrace.network.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A blocking socket that speaks HTTP by hand, nothing of the code under test in it. */
final class RawHttpClient implements AutoCloseable {

    private static final int READ_TIMEOUT_MS = 60_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    RawHttpClient(String host, int port) throws IOException {
        this(host, port, 0);
    }

    RawHttpClient(String host, int port, int receiveBufferBytes) throws IOException {
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.connect(new InetSocketAddress(host, port), READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /**
     * A connection on which {@code request} was sent before a server that waits {@code patienceMs} for one lost patience: that the
     * machine let this thread wait longer is no fault of the server, so then it asks anew.
     */
    static RawHttpClient asked(int port, int patienceMs, String request) throws IOException {
        while (true) {
            long startNs = System.nanoTime();
            RawHttpClient client = new RawHttpClient("127.0.0.1", port);
            try {
                client.send(request);
            } catch (SocketException alreadyClosed) {
                assertThat(tookMs(startNs)).isGreaterThanOrEqualTo(patienceMs);
            }
            if (tookMs(startNs) < patienceMs) {
                return client;
            }
            client.close();
        }
    }

    private static long tookMs(long startNs) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }

    /** @param headers by lower-case name */
    record Response(int status, Map<String, String> headers, String body) {}

    void send(String text) throws IOException {
        sendBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void sendBytes(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    Response get(String path) throws IOException {
        return call("GET", path);
    }

    Response call(String method, String path) throws IOException {
        send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return receive(!method.equals("HEAD"));
    }

    Response receive() throws IOException {
        return receive(true);
    }

    Response receive(boolean withBody) throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        int bodyBytes = withBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
        String body = new String(in.readNBytes(bodyBytes), StandardCharsets.UTF_8);
        assertThat(statusLine).matches("HTTP/1\\.1 \\d{3} .*");
        return new Response(Integer.parseInt(statusLine, 9, 12, 10), headers, body);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("closed after '" + line + "'");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether the server closed the connection, waiting for it. */
    boolean sawClose() throws IOException {
        try {
            while (in.read() >= 0) {
                // whatever was on its way
            }
            return true;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
