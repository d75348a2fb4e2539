package io.millrace.client.connection;

import io.millrace.client.error.ConnectionException;
import java.io.IOException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Words for a connection that could not be opened: what, why, what to do. */
final class ConnectFailures {

    private ConnectFailures() {}

    static ConnectionException describe(ServerAddress address, IOException failure) {
        if (unknownHost(failure)) {
            return new ConnectionException(
                    "the host name " + address.host() + " of server " + address + " is unknown: check its spelling",
                    failure);
        }
        String text = String.valueOf(failure.getMessage());
        if (text.contains("refused")) {
            String advice = local(address)
                    ? ": start a broker with ./millrace dev, or name another server"
                    : ": check that the broker runs there and that this is its Kafka port";
            return new ConnectionException("nothing listens on " + address + advice, failure);
        }
        return new ConnectionException(text + ": check the address and the network between", failure);
    }

    private static boolean local(ServerAddress address) {
        return address.host().equalsIgnoreCase("localhost")
                || address.host().startsWith("127.")
                || address.host().equals("::1");
    }

    private static boolean unknownHost(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }
}
