package io.millrace.network.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;

/** Turns a listener's host into addresses, and the system's refusals into messages that say what to do. Stateless. */
final class BindAddresses {

    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private BindAddresses() {}

    /**
     * @param required must be bound, first
     * @param optional is bound to the same port where the machine has it
     */
    record Candidates(InetAddress required, List<InetAddress> optional) {}

    static Candidates of(ListenerSettings listener) throws ListenerBindException {
        try {
            if (listener.bindsEveryAddress()) {
                return new Candidates(InetAddress.getByAddress(new byte[16]), List.of());
            }
            if (listener.bindHost().equalsIgnoreCase("localhost")) {
                // The hosts file often names one family only, while clients may try the other one first.
                return new Candidates(
                        InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1}),
                        List.of(InetAddress.getByAddress("localhost", IPV6_LOOPBACK)));
            }
            return new Candidates(InetAddress.getByName(listener.bindHost()), List.of());
        } catch (UnknownHostException unknown) {
            throw new ListenerBindException(
                    "listener " + listener.name() + ": host '" + listener.bindHost()
                            + "' has no address on this machine; use an address of this machine, localhost, or * for all",
                    false,
                    unknown);
        }
    }

    static boolean isPortInUse(Throwable cause) {
        return says(cause, "in use");
    }

    /** Whether the machine lacks the address or its whole family. */
    static boolean isAddressMissing(Throwable cause) {
        return says(cause, "cannot assign") || says(cause, "not supported") || says(cause, "not available");
    }

    private static boolean says(Throwable cause, String words) {
        String message = cause.getMessage();
        return (cause instanceof BindException || cause instanceof IOException)
                && message != null
                && message.toLowerCase(Locale.ROOT).contains(words);
    }

    static ListenerBindException failure(ListenerSettings listener, int port, Throwable cause) {
        String where = "listener " + listener.name() + ": cannot listen on " + listener.bindHost() + ":" + port;
        if (isPortInUse(cause)) {
            return new ListenerBindException(
                    where + ": the port is in use by another process; stop that one or choose another port",
                    true,
                    cause);
        }
        if (isAddressMissing(cause)) {
            return new ListenerBindException(
                    where + ": this machine does not have that address; use one of its own, localhost, or * for all",
                    false,
                    cause);
        }
        if (says(cause, "permission")) {
            return new ListenerBindException(
                    where + ": not permitted; ports below 1024 need privileges, choose a higher one", false, cause);
        }
        return new ListenerBindException(where + ": " + cause.getMessage(), false, cause);
    }
}
