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
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** Requests in a chosen version, encoded and decoded by Kafka's own classes: what its clients would not send by themselves. */
final class RawRequests implements AutoCloseable {

    private static final int PATIENCE_MS = 30_000;

    private final Socket socket;
    private final DataOutputStream out;
    private final DataInputStream in;
    private int correlationId;

    RawRequests(TestBroker broker) {
        BoundListener listener = broker.broker().listeners().getFirst();
        try {
            socket = new Socket(listener.advertisedHost(), listener.advertisedPort());
            socket.setSoTimeout(PATIENCE_MS);
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

    /**
     * Sends a request with every field at its default, acks of Produce apart, and decodes the answer.
     *
     * @return bytes of the answer that its version does not account for
     */
    int sendEmpty(ApiKeys api, short version) {
        RequestHeader header = new RequestHeader(api, version, "raw-requests", ++correlationId);
        ApiMessageType type = ApiMessageType.fromApiKey(api.id);
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                .buffer();
        ApiMessage request = type.newRequest();
        if (request instanceof ProduceRequestData produce) {
            // The default, 0, has no answer.
            produce.setAcks((short) -1);
        }
        ByteBuffer body = MessageUtil.toByteBufferAccessor(request, version).buffer();
        try {
            out.writeInt(bytes.remaining() + body.remaining());
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            out.write(body.array(), body.arrayOffset() + body.position(), body.remaining());
            out.flush();
            ByteBufferAccessor answer = new ByteBufferAccessor(ByteBuffer.wrap(in.readNBytes(in.readInt())));
            new ResponseHeaderData().read(answer, api.responseHeaderVersion(version));
            type.newResponse().read(answer, version);
            return answer.remaining();
        } catch (IOException e) {
            throw new UncheckedIOException(api + " v" + version, e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
