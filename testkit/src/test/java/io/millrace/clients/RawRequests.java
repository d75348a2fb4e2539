package io.millrace.clients;

import io.millrace.network.server.BoundListener;
import io.millrace.testkit.TestBroker;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** Requests in a chosen version, encoded and decoded by Kafka's own classes: what its clients would not send by themselves. */
final class RawRequests implements AutoCloseable {

    private final Socket socket;
    private final DataOutputStream out;
    private final DataInputStream in;
    private int correlationId;

    RawRequests(TestBroker broker) {
        BoundListener listener = broker.broker().listeners().getFirst();
        try {
            socket = new Socket(listener.advertisedHost(), listener.advertisedPort());
            out = new DataOutputStream(socket.getOutputStream());
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends, in the version that {@code request} was built with, and waits for the answer. */
    <T extends AbstractResponse> T send(AbstractRequest request, Class<T> answerType) {
        try {
            RequestHeader header = write(request);
            byte[] answer = in.readNBytes(in.readInt());
            return answerType.cast(AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends without waiting for an answer. */
    void post(AbstractRequest request) {
        try {
            write(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RequestHeader write(AbstractRequest request) throws IOException {
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "raw-requests", ++correlationId);
        ByteBuffer bytes = request.serializeWithHeader(header);
        out.writeInt(bytes.remaining());
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        out.flush();
        return header;
    }

    /** Waits at most {@code millis} for the next byte of an answer from now on. */
    void patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    /** Whether the broker closes the connection instead of answering. */
    boolean isClosed() {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException unanswered) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
