package io.millrace.soak;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Clients that come, do one thing and go: some in good order, some in the middle of a request. */
final class SoakVisitors extends SoakTask {

    private static final long PAUSE_MS = 2_000;
    private static final int CONNECT_TIMEOUT_MS = 5_000;
    private static final int SOCKETS = 5;
    /** The length of a request that never comes whole, and its first bytes. */
    private static final byte[] HALF_A_REQUEST = {0, 0, 4, 0, 0, 18, 0, 3};

    private final String bootstrap;
    private final InetSocketAddress address;

    SoakVisitors(String bootstrap) {
        super("visitors");
        this.bootstrap = bootstrap;
        int colon = bootstrap.lastIndexOf(':');
        this.address =
                new InetSocketAddress(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1)));
    }

    @Override
    void step() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.describeCluster().nodes().get();
            admin.listGroups().all().get();
            did(1);
        }
        for (int i = 0; i < SOCKETS; i++) {
            breakOff(i % 2 == 0);
            did(1);
        }
        sleep(PAUSE_MS);
    }

    private void breakOff(boolean reset) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_TIMEOUT_MS);
            socket.getOutputStream().write(HALF_A_REQUEST);
            if (reset) {
                socket.setSoLinger(true, 0);
            }
        }
    }
}
