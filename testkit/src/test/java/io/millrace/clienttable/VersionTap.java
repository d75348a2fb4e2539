package io.millrace.clienttable;

import io.millrace.protocol.message.ApiKey;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * {@code VersionTap PORT TARGET_PORT FILE}: between clients and a broker that advertises the tap. Notes which API each client id used in which
 * version, and what the broker could not answer; writes {@code CLIENT TAB API TAB VERSIONS} lines at its end.
 */
final class VersionTap {

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int MAX_FRAME_BYTES = 100 << 20;

    private final Map<String, Map<ApiKey, Set<Integer>>> seen = new ConcurrentHashMap<>();
    private final int targetPort;

    private VersionTap(int targetPort) {
        this.targetPort = targetPort;
    }

    public static void main(String[] arguments) throws IOException {
        VersionTap tap = new VersionTap(Integer.parseInt(arguments[1]));
        Path file = Path.of(arguments[2]);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> tap.write(file)));
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]), 128, LOOPBACK)) {
            System.out.println("tapping");
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> tap.serve(client));
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket broker = new Socket(LOOPBACK, targetPort)) {
            client.setTcpNoDelay(true);
            broker.setTcpNoDelay(true);
            Thread answers = Thread.ofVirtual().start(() -> {
                try {
                    broker.getInputStream().transferTo(client.getOutputStream());
                    client.close();
                } catch (IOException gone) {
                    close(client);
                }
            });
            requests(new DataInputStream(client.getInputStream()), new DataOutputStream(broker.getOutputStream()));
            broker.shutdownOutput();
            answers.join();
        } catch (IOException gone) {
            close(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void requests(DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            int size;
            try {
                size = in.readInt();
            } catch (EOFException end) {
                return;
            }
            if (size < 0 || size > MAX_FRAME_BYTES) {
                throw new IOException("a frame of " + size + " bytes");
            }
            byte[] frame = new byte[size];
            in.readFully(frame);
            note(ByteBuffer.wrap(frame));
            ByteBuffer whole =
                    ByteBuffer.allocate(Integer.BYTES + size).putInt(size).put(frame);
            out.write(whole.array());
        }
    }

    private void note(ByteBuffer frame) {
        short key = frame.getShort();
        int version = frame.getShort();
        frame.getInt();
        int length = frame.getShort();
        String client = length < 0
                ? "none"
                : StandardCharsets.UTF_8
                        .decode(frame.slice(frame.position(), length))
                        .toString();
        ApiKey api = ApiKey.of(key);
        if (api != null) {
            seen.computeIfAbsent(client, id -> new ConcurrentSkipListMap<>())
                    .computeIfAbsent(api, id -> new ConcurrentSkipListSet<>())
                    .add(version);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private void write(Path file) {
        StringBuilder lines = new StringBuilder();
        seen.forEach((client, apis) -> apis.forEach((api, versions) -> {
            lines.append(client)
                    .append('\t')
                    .append(api.id())
                    .append('\t')
                    .append(api.displayName())
                    .append('\t');
            String comma = "";
            for (int version : versions) {
                lines.append(comma).append(version);
                comma = ", ";
            }
            lines.append('\n');
        }));
        try {
            Files.writeString(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
