package io.millrace.client.connection;

import io.millrace.network.client.RequestChannel;
import io.millrace.network.client.ResponseListener;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.frame.FrameEncoder;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ApiVersionsRequest;
import io.millrace.protocol.message.ApiVersionsResponse;
import io.millrace.protocol.message.ResponseHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;

/**
 * The first exchange on a connection: asks which versions the broker speaks. Owned by the client's loop; used once.
 *
 * <p>A broker that does not know our version of the question answers in version 0 with UNSUPPORTED_VERSION; then we ask again in
 * version 0, which all brokers since Kafka 0.10 understand.
 */
final class Greeter {

    /** How it went; called once. */
    interface Outcome {
        void agreed(BrokerVersions versions);

        void refused(String why);
    }

    private static final short PREFERRED_VERSION = 3;
    private static final int ERROR_CODE_BYTES = 2;

    private final ServerAddress address;
    private final String clientId;
    private final RequestChannel channel;
    private final Outcome outcome;

    Greeter(ServerAddress address, String clientId, RequestChannel channel, Outcome outcome) {
        this.address = address;
        this.clientId = clientId;
        this.channel = channel;
        this.outcome = outcome;
    }

    void greet() {
        ask(PREFERRED_VERSION, -1);
    }

    // Ids below zero never meet those of ordinary requests.
    private void ask(short version, int correlationId) {
        ApiVersionsRequest request = new ApiVersionsRequest();
        if (version >= PREFERRED_VERSION) {
            request.clientSoftwareName("millrace-java").clientSoftwareVersion("0.1.0");
        }
        channel.send(
                BrokerLink.frameOf(FrameEncoder.request(
                        PooledByteBufAllocator.DEFAULT,
                        ApiKey.API_VERSIONS,
                        version,
                        correlationId,
                        clientId,
                        request)),
                correlationId,
                new ResponseListener() {
                    @Override
                    public void onResponse(ByteBuf frame) {
                        try {
                            answered(frame, version);
                        } catch (MalformedMessageException e) {
                            outcome.refused("malformed answer to ApiVersions: " + e.getMessage());
                        } finally {
                            frame.release();
                        }
                    }

                    @Override
                    public void onFailure(IOException cause) {
                        // The channel closes with it and tells its close listener.
                    }
                });
    }

    private void answered(ByteBuf frame, short version) {
        ResponseHeader.read(frame, ApiKey.API_VERSIONS.responseHeaderVersion(version));
        if (frame.readableBytes() < ERROR_CODE_BYTES) {
            outcome.refused("ApiVersions answer of " + frame.readableBytes() + " bytes");
            return;
        }
        // The error code comes first in every version.
        ErrorCode error = ErrorCode.of(frame.getShort(frame.readerIndex()));
        if (error == ErrorCode.UNSUPPORTED_VERSION && version > 0) {
            ask((short) 0, -2);
        } else if (error != ErrorCode.NONE) {
            outcome.refused(address + " refused ApiVersions: " + error.message());
        } else {
            outcome.agreed(new BrokerVersions("the broker at " + address, ApiVersionsResponse.read(frame, version)));
        }
    }
}
